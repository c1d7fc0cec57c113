import { Failure } from '../common/domain/failure.ts';
import type { TraceContext } from '../common/domain/tracing/trace-context.ts';
import { urgencyRank } from '../common/domain/urgency.ts';
import type { Message } from './bus.ts';
import { definitionOf, type MessageData, type MessageName } from './catalog.ts';

/** One message that is ready for its queue. */
export type ReadMessage<N extends MessageName> = {
  readonly key: string;
  readonly data: MessageData<N>;
  /** 0 is the most urgent. */
  readonly rank: number;
  /** What whoever handles it continues. */
  readonly trace?: TraceContext | undefined;
};

/** Messages by their keys, by their queues. */
export type MessagesByQueue<N extends MessageName> = ReadonlyMap<string, ReadonlyMap<string, ReadMessage<N>>>;

/**
 * Checks messages against the catalog and sorts them by queue; of several with one key the newest data and the highest urgency
 * stay. Throws `setting-invalid` at the first that does not fit.
 *
 * The first few continue `trace`; the others of a fan-out begin traces of their own, or one would have ten thousand branches.
 */
export function readMessages<N extends MessageName>(
  name: N,
  messages: readonly Message<N>[],
  trace?: TraceContext,
): MessagesByQueue<N> {
  const definition = definitionOf(name);
  const queues = new Map<string, Map<string, ReadMessage<N>>>();
  let count = 0;
  for (const { data: raw, urgency } of messages) {
    const reading = readData(name, raw);
    if (!reading.fits)
      throw new Failure('setting-invalid', `a message ${name} cannot be published: ${reading.problem}`);
    const { data } = reading;
    const key = definition.key(data);
    const queue = definition.queue(data);
    let waiting = queues.get(queue);
    if (waiting === undefined) queues.set(queue, (waiting = new Map()));
    const rank = urgencyRank(urgency);
    const read = { key, data, rank: Math.min(rank, waiting.get(key)?.rank ?? rank) };
    waiting.set(key, trace !== undefined && count++ < tracedAtOnce ? { ...read, trace } : read);
  }
  return queues;
}

/** A fan-out over 10,000 namespaces publishes fifty times. */
const tracedAtOnce = 10;

/** Checks what a message holds. A problem names fields and what they should be, never what they are. */
export function readData<N extends MessageName>(
  name: N,
  raw: unknown,
): { readonly fits: true; readonly data: MessageData<N> } | { readonly fits: false; readonly problem: string } {
  const parsed = definitionOf(name).shape.safeParse(raw);
  if (parsed.success) return { fits: true, data: parsed.data as MessageData<N> };
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'data'}: ${issue.message}`);
  return { fits: false, problem: problems.slice(0, 3).join('; ').slice(0, 300) };
}
