import type { SpanOptions, Tracer } from '../common/domain/tracing/tracer.ts';
import type { TraceContext } from '../common/domain/tracing/trace-context.ts';
import type { Delivery, Message } from './bus.ts';
import type { MessageName } from './catalog.ts';
import { readMessages, type MessagesByQueue } from './read-messages.ts';

/** Which of the two buses it is. */
export type MessagingSystem = 'memory' | 'bullmq';

/** Checks messages against the catalog and puts them on their queues, inside of a span that those who handle them continue. */
export async function send<N extends MessageName>(
  tracer: Tracer,
  system: MessagingSystem,
  name: N,
  messages: readonly Message<N>[],
  put: (byQueue: MessagesByQueue<N>) => Promise<void> | void,
): Promise<void> {
  if (messages.length === 0) return;
  const options = {
    name: `send ${name}`,
    kind: 'producer',
    attributes: {
      'messaging.system': system,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.batch.message_count': messages.length === 1 ? undefined : messages.length,
    },
  } as const;
  await tracer.span(options, async (span) => {
    const byQueue = readMessages(name, messages, tracer.current());
    const [queue] = byQueue.keys();
    if (byQueue.size === 1) span.set({ 'messaging.destination.name': queue });
    await put(byQueue);
  });
}

/** Where a delivery comes from. */
export type Origin = {
  /** Of the publish that it answers. */
  readonly trace: TraceContext | undefined;
  /** Since the first publish that is not handled yet, or since the publish of a message that comes again. */
  readonly ageSeconds: number;
  /** Of the job, where the queue has ids. */
  readonly id?: string | undefined;
};

/** The span in which a message is handled. */
export function processSpan<N extends MessageName>(
  { name, queue, system }: { readonly name: N; readonly queue: string; readonly system: MessagingSystem },
  key: string,
  { attempt, urgency }: Pick<Delivery<N>, 'attempt' | 'urgency'>,
  { trace, ageSeconds, id }: Origin,
): SpanOptions {
  const isOld = ageSeconds > storySeconds;
  return {
    name: `process ${name}`,
    kind: 'consumer',
    parent: isOld ? 'none' : (trace ?? 'none'),
    link: isOld ? trace : undefined,
    attributes: {
      'messaging.system': system,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': queue,
      'messaging.message.id': id,
      'acr.message.key': key,
      'acr.message.urgency': urgency,
      'acr.message.attempt': attempt,
      'acr.message.age_seconds': ageSeconds,
    },
  };
}

/** What comes back later, such as a plan for the moment when a credential expires, is another story: it only has a link. */
const storySeconds = 300;
