import { toFailure, type Failure } from '../common/domain/failure.ts';
import { silentSpan, silentTracer, type Span, type Tracer } from '../common/domain/tracing/tracer.ts';
import type { Clock, Random } from '../common/ports/clock.ts';
import { retryDelaySeconds } from './back-off.ts';
import type { BusObserver, Delivery, Handler, HandlerResult } from './bus.ts';
import { definitionOf, type MessageName } from './catalog.ts';
import { processSpan, type MessagingSystem, type Origin } from './trace-messages.ts';

/** What becomes of a message after its handler ran. */
export type Verdict =
  | { readonly kind: 'end' }
  | { readonly kind: 'again'; readonly afterSeconds: number }
  | { readonly kind: 'failed'; readonly afterSeconds: number; readonly code: string }
  /** The handler stopped because it was told to: another one takes the message at once, and nothing failed. */
  | { readonly kind: 'interrupted' };

export type Deliver<N extends MessageName> = {
  readonly name: N;
  readonly queue: string;
  readonly handle: Handler<N>;
  readonly observer: BusObserver;
  readonly tracer: Tracer;
  readonly system: MessagingSystem;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether the key was published again meanwhile: then this message ends, whatever came of it, and the newer one follows at once. */
  readonly isPublishedAgain: (key: string) => boolean | Promise<boolean>;
};

/** Hands one message to its handler, tells the observer, and says what becomes of it. Rejects only with what `isPublishedAgain` or the observer throws. */
export function deliver<N extends MessageName>(
  work: Deliver<N>,
  key: string,
  delivery: Delivery<N>,
  origin: Origin,
): Promise<Verdict> {
  // Thousands may come in a second: what nobody sees is not even described.
  if (work.tracer === silentTracer) return handle(work, key, delivery, silentSpan);
  return work.tracer.span(processSpan(work, key, delivery, origin), (span) => handle(work, key, delivery, span));
}

async function handle<N extends MessageName>(
  work: Deliver<N>,
  key: string,
  delivery: Delivery<N>,
  span: Span,
): Promise<Verdict> {
  const { name, queue, observer, clock } = work;
  const startMs = clock();
  let result: HandlerResult;
  try {
    result = await work.handle(delivery);
  } catch (thrown) {
    const failure = toFailure(thrown);
    span.fail(failure.code);
    return judge(work, key, delivery, failure);
  }
  observer.handled?.(name, queue, Math.max(0, clock() - startMs) / 1000);
  if (result === undefined || (await work.isPublishedAgain(key))) return ended;
  span.set({ 'acr.message.again_after_seconds': result.againAfterSeconds });
  return { kind: 'again', afterSeconds: Math.max(0, result.againAfterSeconds) };
}

async function judge<N extends MessageName>(
  { name, observer, random, isPublishedAgain }: Deliver<N>,
  key: string,
  { attempt, signal }: Delivery<N>,
  failure: Failure,
): Promise<Verdict> {
  if (signal.aborted && failure.reaction.kind === 'retry') return { kind: 'interrupted' };
  if (await isPublishedAgain(key)) {
    observer.failed?.(name, key, failure, 0);
    return ended;
  }
  const afterSeconds = retryDelaySeconds(failure, attempt, definitionOf(name).retry, random);
  observer.failed?.(name, key, failure, afterSeconds);
  return afterSeconds === undefined ? ended : { kind: 'failed', afterSeconds, code: failure.code };
}

const ended: Verdict = { kind: 'end' };
