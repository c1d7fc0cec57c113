import { AsyncLocalStorage } from 'node:async_hooks';

import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace as traces, TraceFlags } from '@opentelemetry/api';
import type {
  Attributes,
  Context,
  Span as RecordedSpan,
  SpanContext,
  SpanOptions as RecordOptions,
  Tracer as Recorder,
} from '@opentelemetry/api';

import { toFailure } from '../../domain/failure.ts';
import type { TraceContext } from '../../domain/tracing/trace-context.ts';
import {
  silentSpan,
  type Span,
  type SpanAttributes,
  type SpanOptions,
  type Tracer,
} from '../../domain/tracing/tracer.ts';

/**
 * Makes spans with a recorder of OpenTelemetry. What is around is known by the asynchronous context, of this tracer alone. In a trace that is not sampled
 * nothing is recorded, and hardly anything done.
 */
export function createTracer(recorder: Recorder): Tracer {
  const storage = new AsyncLocalStorage<Active>();

  /** A timer, or a loop, that was started inside of a span goes on after its end: what it does is another story. */
  const around = (): TraceContext | undefined => {
    const active = storage.getStore();
    return active === undefined || active.ended ? undefined : active.context;
  };

  const runInside = async <T>(context: TraceContext, work: () => Promise<T>): Promise<T> => {
    const active: Active = { context, ended: false };
    try {
      return await storage.run(active, work);
    } finally {
      active.ended = true;
    }
  };

  return {
    span: (options, work) => {
      const outer = around();
      const parent = options.parent === 'none' ? undefined : (options.parent ?? outer);
      if (parent === undefined && options.kind === 'client') return work(silentSpan);
      if (parent?.sampled === false)
        return parent === outer ? work(silentSpan) : runInside(parent, () => work(silentSpan));
      const span = recorder.startSpan(options.name, recordOptions(options), toContext(parent));
      return runInside(ofSpan(span), () => record(span, work));
    },
    current: around,
    bind: (work) => AsyncLocalStorage.bind(work),
  };
}

/** Somebody's place in a trace, until `ended`. */
type Active = { readonly context: TraceContext; ended: boolean };

async function record<T>(span: RecordedSpan, work: (span: Span) => Promise<T>): Promise<T> {
  const view = viewOf(span);
  try {
    return await work(view);
  } catch (error) {
    view.fail(toFailure(error).code);
    throw error;
  } finally {
    span.end();
  }
}

function viewOf(span: RecordedSpan): Span {
  return {
    set: (attributes) => void span.setAttributes(known(attributes)),
    fail: (code) => {
      span.setAttribute('error.type', code);
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    },
  };
}

function recordOptions({ kind, attributes, link }: SpanOptions): RecordOptions {
  return {
    kind: kinds[kind],
    attributes: known(attributes),
    ...(link === undefined ? {} : { links: [{ context: toSpanContext(link) }] }),
  };
}

const kinds = {
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
} as const satisfies Record<SpanOptions['kind'], SpanKind>;

function known(attributes: SpanAttributes = {}): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function toContext(parent: TraceContext | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : traces.setSpanContext(ROOT_CONTEXT, toSpanContext(parent));
}

function toSpanContext({ traceId, spanId, sampled }: TraceContext): SpanContext {
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}

function ofSpan(span: RecordedSpan): TraceContext {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 };
}
