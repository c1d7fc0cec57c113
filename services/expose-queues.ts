import type { Metrics } from '../common/runtime/metrics.ts';
import type { Bus } from '../queues/bus.ts';

/** Counts the queues at each scrape. What cannot be counted just now (Redis is away) is not told: a number of before would look like one of now. */
export function exposeQueues(bus: Pick<Bus, 'depths'>, metrics: Metrics): void {
  metrics.beforeCollect(async () => {
    const depths = await bus.depths().catch(() => []);
    metrics.clear('acr_helper_queue_depth');
    metrics.clear('acr_helper_queue_oldest_item_age_seconds');
    for (const { queue, waiting, active, delayed, oldestAgeSeconds } of depths) {
      for (const [state, depth] of Object.entries({ waiting, active, delayed }))
        metrics.set('acr_helper_queue_depth', { queue, state }, depth);
      metrics.set('acr_helper_queue_oldest_item_age_seconds', { queue }, oldestAgeSeconds);
    }
  });
}
