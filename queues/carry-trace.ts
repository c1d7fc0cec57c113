import { formatTraceParent, parseTraceParent, type TraceContext } from '../common/domain/tracing/trace-context.ts';

/**
 * How a trace travels with a job: in a field beside those of the catalog, whose shapes drop fields that they do not know. So a
 * process that knows nothing of traces reads the message as ever, and one without the field has no trace. Because the field goes
 * with the data, of two messages with one key the trace of the newest stays, as its data does.
 */
export function withTrace<Data extends object>(data: Data, trace: TraceContext | undefined): Data {
  return trace === undefined ? data : { ...data, [field]: formatTraceParent(trace) };
}

/** The trace in what a job holds; absent where there is none, or none that can be read. */
export function traceIn(data: unknown): TraceContext | undefined {
  return typeof data === 'object' && data !== null && field in data ? parseTraceParent(data[field]) : undefined;
}

const field = 'traceparent';
