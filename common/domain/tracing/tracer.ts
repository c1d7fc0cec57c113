import type { TraceContext } from './trace-context.ts';

/**
 * Tells the story of a piece of work in spans, for whoever collects traces. Work is the same with and without it: nothing here
 * throws, waits or decides.
 */
export type Tracer = {
  /**
   * Does `work` inside of a span, which ends with it. Resolves and rejects as `work` does; a rejection marks the span with the code
   * of the `Failure`.
   */
  span<T>(options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>;
  /** Where the span around stands; absent outside of one, and after it has ended. */
  current(): TraceContext | undefined;
  /** The same function, for somebody else to call at another time: what it does belongs to the span that is around now. */
  bind<T>(work: () => T): () => T;
};

export type SpanOptions = {
  readonly name: string;
  /** A `client` span is made only inside of another span: a request alone is no story. */
  readonly kind: 'internal' | 'producer' | 'consumer' | 'client';
  readonly attributes?: SpanAttributes | undefined;
  /** What it continues; `none` begins a trace. Absent: the span around, if there is one. */
  readonly parent?: TraceContext | 'none' | undefined;
  /** A place in another trace that has to do with it. */
  readonly link?: TraceContext | undefined;
};

/** Names of the semantic conventions of OpenTelemetry where there is one, else `acr.…`. Never a secret. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export type Span = {
  set(attributes: SpanAttributes): void;
  /** Marks it as failed. A code, because a text may hold anything. */
  fail(code: string): void;
};

/** Traces nothing, and costs nothing: tracing is off. */
export const silentTracer: Tracer = {
  span: (_options, work) => work(silentSpan),
  current: () => undefined,
  bind: (work) => work,
};

/** A span that nobody sees. */
export const silentSpan: Span = { set: () => undefined, fail: () => undefined };

/** Id of the trace around, if it is one that is recorded: what leads from a log line or an example of a metric to the trace. */
export function recordedTraceId(tracer: Pick<Tracer, 'current'>): string | undefined {
  const context = tracer.current();
  return context?.sampled === true ? context.traceId : undefined;
}
