import type { Report } from '../common/domain/happening.ts';
import type { Health } from './health.ts';

/** Says in `/readyz` that Redis cannot be reached, from the moment at which a connection is lost. */
export function noticeLostStore(health: Health): Report {
  let problem: string | undefined;
  health.watch('Redis', () => problem);
  return (happening) => {
    if (happening.kind === 'store-lost') problem = happening.problem;
    else if (happening.kind === 'store-restored') problem = undefined;
  };
}
