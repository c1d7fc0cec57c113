import { Failure } from '../common/domain/failure.ts';
import { silentTracer, type Tracer } from '../common/domain/tracing/tracer.ts';
import type { Clock, Random } from '../common/ports/clock.ts';
import type { Bus, BusObserver, ConsumeOptions, Consumer, Message, QueueDepth } from './bus.ts';
import { idleQueuesMax } from './bus-limits.ts';
import { definitionOf, type MessageName } from './catalog.ts';
import { queueOfConsumer } from './queue-of-consumer.ts';
import { startMemoryConsumer, type MemoryConsumer } from './memory-consumer.ts';
import { MemoryQueue } from './memory-queue.ts';
import { systemTimers, type Timers } from './timers.ts';
import { send, type MessagingSystem } from './trace-messages.ts';

export type InMemoryBusOptions = {
  readonly observer?: BusObserver;
  readonly tracer?: Tracer;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly timers?: Timers;
};

/** The bus of a single process: nothing outlives it. */
export function createInMemoryBus(options: InMemoryBusOptions = {}): Bus {
  const {
    observer = {},
    tracer = silentTracer,
    clock = Date.now,
    random = Math.random,
    timers = systemTimers,
  } = options;
  const lanes = new Map<string, Lane>();
  const countTurn = turnCounter(timers);
  const startedMs = clock();
  let closed = false;

  const laneOf = (name: string): Lane => {
    let lane = lanes.get(name);
    if (lane === undefined) {
      if (lanes.size >= idleQueuesMax) forgetIdle(lanes);
      lane = openLane(() => clock() - startedMs, timers);
      lanes.set(name, lane);
    }
    return lane;
  };

  return {
    publish: async <N extends MessageName>(name: N, messages: readonly Message<N>[]) => {
      if (closed) throw new Failure('unexpected', `a message ${name} was published after the bus was closed`);
      await send(tracer, system, name, messages, (byQueue) => {
        for (const [queueName, byKey] of byQueue) {
          const lane = laneOf(queueName);
          for (const { key, data, rank, trace } of byKey.values())
            lane.queue.publish(key, data, rank, lane.nowMs(), trace);
          lane.changed();
        }
      });
    },

    consume: async <N extends MessageName>(name: N, options: ConsumeOptions<N>) => {
      const queue = queueOfConsumer(name, options.queue);
      const lane = laneOf(queue);
      const concurrency = options.concurrency ?? definitionOf(name).concurrency;
      const work = { name, queue, handle: options.handle, observer, tracer, system, clock, random };
      const consumer = startMemoryConsumer(work, { ...lane, mustYield: countTurn }, concurrency, timers);
      lane.consumers.add(consumer);
      lane.changed();
      return {
        close: async () => {
          lane.consumers.delete(consumer);
          await consumer.close();
          // Nobody needs to look at a pool in which nothing waits any more.
          if (options.queue !== undefined && isIdle(lane)) lanes.delete(queue);
        },
      } satisfies Consumer;
    },

    depths: async () => [...lanes].map(([queue, lane]) => depthOf(queue, lane)),

    close: async () => {
      closed = true;
      const consumers = [...lanes.values()].flatMap((lane) => [...lane.consumers]);
      await Promise.all(consumers.map((consumer) => consumer.close()));
      for (const lane of lanes.values()) lane.stop();
    },
  };
}

const system: MessagingSystem = 'memory';

/** A queue with its consumers, and the timer for its next delayed message. */
type Lane = {
  readonly queue: MemoryQueue;
  readonly consumers: Set<MemoryConsumer>;
  readonly nowMs: () => number;
  /** To be called after anything was put into the queue. */
  readonly changed: () => void;
  readonly stop: () => void;
};

function openLane(nowMs: () => number, timers: Timers): Lane {
  const queue = new MemoryQueue();
  const consumers = new Set<MemoryConsumer>();
  let stopped = false;
  let alarm: { readonly atMs: number; readonly cancel: () => void } | undefined;

  const changed = (): void => {
    if (stopped) return;
    const nextMs = queue.release(nowMs());
    if (nextMs !== alarm?.atMs) {
      alarm?.cancel();
      alarm = nextMs === undefined ? undefined : { atMs: nextMs, cancel: timers.after(nextMs - nowMs(), ring) };
    }
    for (const consumer of consumers) consumer.pump();
  };
  const ring = (): void => {
    alarm = undefined;
    changed();
  };
  const stop = (): void => {
    stopped = true;
    alarm?.cancel();
  };
  return { queue, consumers, nowMs, changed, stop };
}

/** Says when a turn of the event loop has started enough messages; the next turn begins a new count. */
function turnCounter(timers: Timers): () => boolean {
  let count = 0;
  return () => {
    if (count === 0) {
      timers.nextTurn(() => {
        count = 0;
      });
    }
    return count++ >= messagesEachTurn;
  };
}

/** Some milliseconds of handlers that do next to nothing. */
const messagesEachTurn = 1024;

function forgetIdle(lanes: Map<string, Lane>): void {
  for (const [name, lane] of lanes) if (isIdle(lane)) lanes.delete(name);
}

function isIdle({ queue, consumers }: Lane): boolean {
  return queue.isEmpty && consumers.size === 0;
}

function depthOf(queue: string, lane: Lane): QueueDepth {
  const since = lane.queue.oldestSinceMs();
  return {
    queue,
    ...lane.queue.counts(),
    oldestAgeSeconds: since === undefined ? 0 : Math.max(0, lane.nowMs() - since) / 1000,
  };
}
