/**
 * A place in a trace, as it travels from process to process. A trace that is not sampled travels too: whoever continues it must not
 * begin one of its own in the middle of the story.
 */
export type TraceContext = {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
};

/** The `traceparent` of W3C Trace Context, version 00. */
export function formatTraceParent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** Absent for whatever is no `traceparent` of version 00: it came through a queue that others can write to. */
export function parseTraceParent(raw: unknown): TraceContext | undefined {
  const match = typeof raw === 'string' ? pattern.exec(raw) : null;
  const [, traceId, spanId, flags] = match ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & sampledFlag) !== 0 };
}

/** Ids of zeros alone are invalid. */
const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
const sampledFlag = 1;
