import type { Report } from '../common/domain/happening.ts';
import type { Bus } from '../queues/bus.ts';

/**
 * After the API server was away it may be another release, which offers other means of admission: that is looked at at once. Never
 * throws; what cannot be published now is found out by the next look.
 */
export function noticeUpgrade(bus: Pick<Bus, 'publish'>): Report {
  return (happening) => {
    if (happening.kind !== 'watch-recovered') return;
    void bus.publish('admission.register', [{ data: { cause: 'watch' }, urgency: 'periodic' }]).catch(() => undefined);
  };
}
