import type { Clock } from '../common/ports/clock.ts';
import type { Bus, ConsumeOptions, Consumer, QueueDepth } from '../queues/bus.ts';
import type { MessageName } from '../queues/catalog.ts';
import { queueOfConsumer } from '../queues/queue-of-consumer.ts';

/**
 * Finds queues of which this process takes nothing although messages wait: a worker that is stuck, which a restart mends. Whoever asks
 * (a liveness probe) must have seen it for ten minutes without a break: right after an outage of Redis everything waits.
 */
export class QueueProgress {
  readonly #clock: Clock;
  /** Of the queues that this process consumes: how often a delivery began or ended. */
  readonly #moves = new Map<string, number>();
  /** Queues that waited without a move when they were looked at. */
  readonly #suspects = new Map<string, { readonly moves: number; readonly since: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same bus, whose consumers are followed. */
  follow(bus: Bus): Bus {
    return {
      publish: (name, messages) => bus.publish(name, messages),
      consume: (name, options) => this.#consume(bus, name, options),
      depths: () => bus.depths(),
      close: () => bus.close(),
    };
  }

  /** One sentence for each stuck queue. Never rejects: that Redis cannot be reached is nothing that a restart mends. */
  async stuck(bus: Pick<Bus, 'depths'>): Promise<readonly string[]> {
    const depths = await bus.depths().catch(() => []);
    const now = this.#clock();
    const waiting = new Set(depths.filter((depth) => this.#isSuspect(depth)).map(({ queue }) => queue));
    for (const queue of this.#suspects.keys()) if (!waiting.has(queue)) this.#suspects.delete(queue);
    return [...waiting].flatMap((queue) => {
      const moves = this.#moves.get(queue) ?? 0;
      const known = this.#suspects.get(queue);
      if (known?.moves !== moves) this.#suspects.set(queue, { moves, since: now });
      const seconds = known?.moves === moves ? (now - known.since) / 1000 : 0;
      return seconds >= stuckSeconds
        ? [`${queue}: messages wait, and none was taken for ${Math.floor(seconds / 60)} minutes`]
        : [];
    });
  }

  #isSuspect({ queue, waiting }: QueueDepth): boolean {
    return waiting > 0 && this.#moves.has(queue);
  }

  async #consume<N extends MessageName>(bus: Bus, name: N, options: ConsumeOptions<N>): Promise<Consumer> {
    const queue = queueOfConsumer(name, options.queue);
    const move = (): void => void this.#moves.set(queue, (this.#moves.get(queue) ?? 0) + 1);
    const consumer = await bus.consume(name, {
      ...options,
      async handle(delivery) {
        move();
        try {
          return await options.handle(delivery);
        } finally {
          move();
        }
      },
    });
    move();
    return {
      close: async () => {
        this.#moves.delete(queue);
        await consumer.close();
      },
    };
  }
}

const stuckSeconds = 600;
