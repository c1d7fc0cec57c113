import type { Bus, Consumer, Handler, QueueDepth } from '../../queues/bus.ts';
import { queueOfPool } from '../../queues/queue-of-consumer.ts';

/**
 * Opens a worker pool for every region and account that the configuration names: a throttled account holds up only its own pool. One
 * that it names no more is served until it is empty, so that nothing waits for ever where nobody looks: its messages end when they
 * find no source.
 */
export class Pools {
  readonly #bus: Pick<Bus, 'consume' | 'depths'>;
  readonly #handle: Handler<'credential.fetch'>;
  readonly #consumers = new Map<string, Promise<Consumer>>();
  /** What processes of before left was looked for. */
  #lookedForLeftovers = false;

  constructor(bus: Pick<Bus, 'consume' | 'depths'>, handle: Handler<'credential.fetch'>) {
    this.#bus = bus;
    this.#handle = handle;
  }

  /** Afterwards these pools are served, and of others those in which something waits. */
  async serve(pools: ReadonlySet<string>): Promise<void> {
    for (const pool of pools) this.#open(pool);
    await Promise.all(this.#consumers.values());
    if (this.#lookedForLeftovers && this.#others(pools).length === 0) return;
    const filled = (await this.#bus.depths()).flatMap(filledPool);
    this.#lookedForLeftovers = true;
    for (const pool of filled) this.#open(pool);
    await Promise.all([
      ...this.#others(pools)
        .filter((pool) => !filled.includes(pool))
        .map((pool) => this.#close(pool)),
      ...this.#consumers.values(),
    ]);
  }

  #others(pools: ReadonlySet<string>): readonly string[] {
    return [...this.#consumers.keys()].filter((pool) => !pools.has(pool));
  }

  #open(pool: string): void {
    if (this.#consumers.has(pool)) return;
    const opened = this.#bus.consume('credential.fetch', { queue: queueOfPool(pool), handle: this.#handle });
    opened.catch(() => this.#consumers.delete(pool));
    this.#consumers.set(pool, opened);
  }

  async #close(pool: string): Promise<void> {
    const consumer = this.#consumers.get(pool);
    this.#consumers.delete(pool);
    await (await consumer)?.close();
  }
}

function filledPool({ queue, waiting, active, delayed }: QueueDepth): readonly string[] {
  const prefix = queueOfPool('');
  return queue.startsWith(prefix) && waiting + active + delayed > 0 ? [queue.slice(prefix.length)] : [];
}
