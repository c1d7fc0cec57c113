import type { Bus, Consumer, Handler } from '../../queues/bus.ts';

/**
 * Opens a worker pool for every region and account that the configuration names, and closes those that it names no more: a
 * throttled account holds up only its own pool.
 */
export class Pools {
  readonly #bus: Pick<Bus, 'consume'>;
  readonly #handle: Handler<'credential.fetch'>;
  readonly #consumers = new Map<string, Promise<Consumer>>();

  constructor(bus: Pick<Bus, 'consume'>, handle: Handler<'credential.fetch'>) {
    this.#bus = bus;
    this.#handle = handle;
  }

  /** Afterwards exactly these pools are served. */
  async serve(pools: ReadonlySet<string>): Promise<void> {
    const superfluous = [...this.#consumers].filter(([pool]) => !pools.has(pool));
    for (const [pool] of superfluous) this.#consumers.delete(pool);
    for (const pool of pools) {
      if (!this.#consumers.has(pool)) this.#consumers.set(pool, this.#open(pool));
    }
    await Promise.all([
      ...superfluous.map(async ([, consumer]) => (await consumer).close()),
      ...this.#consumers.values(),
    ]);
  }

  #open(pool: string): Promise<Consumer> {
    const opened = this.#bus.consume('credential.fetch', { queue: `fetch.${pool}`, handle: this.#handle });
    opened.catch(() => this.#consumers.delete(pool));
    return opened;
  }
}
