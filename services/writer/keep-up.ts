import { sweepParts, sweepPartSeconds } from '../../common/domain/namespaces/sweep.ts';
import { startTick, type TickOptions } from '../../queues/ticks.ts';
import type { WriterWorld } from '../world.ts';
import type { FightGuard } from './fight-guard.ts';

/** What a writer does by the clock: its turns of the sweep, and forgetting fights that are over. */
export function startKeepingUp(fightGuard: FightGuard, world: WriterWorld): void {
  const { bus, sweepTurns, metrics, shutdown } = world;
  const sweep = startTick({
    ...tickOptions('namespace.sweep', world),
    everySeconds: sweepPartSeconds,
    async publish() {
      const turn = await sweepTurns.next(sweepPartSeconds);
      if (turn === undefined) return;
      await bus.publish('namespace.sweep', [{ data: { part: turn % sweepParts }, urgency: 'periodic' }]);
    },
  });
  const settling = startTick({
    ...tickOptions('namespace.sync', world),
    everySeconds: settleSeconds,
    publish: () => fightGuard.settle(),
  });
  shutdown.add('sweep', () => sweep.stop());
  shutdown.add('fights', () => settling.stop());
  metrics.beforeCollect(async () => metrics.set('acr_helper_fights', {}, await fightGuard.count()));
}

const settleSeconds = 15;

function tickOptions(message: string, { random, report }: WriterWorld): Pick<TickOptions, 'failed' | 'random'> {
  return {
    random,
    failed: (failure, retryInSeconds) =>
      report({ kind: 'message-failed', message, key: 'tick', failure, retryInSeconds }),
  };
}
