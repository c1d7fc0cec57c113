import { TraceFlags } from '@opentelemetry/api';
import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** What became of spans that were recorded. `lost`: the collector did not take them. `dropped`: too many waited already. */
export type SpanCounter = (outcome: 'sent' | 'lost' | 'dropped', spans: number) => void;

/**
 * Counts what becomes of every span. The batches of OpenTelemetry drop what is too much without a word; so no more is let through to them
 * than they have room for, and what is not let through is counted.
 */
export class BoundedSpans {
  readonly #waitingMax: number;
  readonly #count: SpanCounter;
  /** Let through, and not yet taken to be sent. */
  #waiting = 0;

  constructor(waitingMax: number, count: SpanCounter) {
    this.#waitingMax = waitingMax;
    this.#count = count;
  }

  /** The same processor, which is to take at least `waitingMax` spans before it drops any. */
  before(processor: SpanProcessor): SpanProcessor {
    return {
      onStart: (span, parent) => processor.onStart(span, parent),
      onEnd: (span) => {
        if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
        if (this.#waiting >= this.#waitingMax) return this.#count('dropped', 1);
        this.#waiting++;
        processor.onEnd(span);
      },
      forceFlush: () => processor.forceFlush(),
      shutdown: () => processor.shutdown(),
    };
  }

  /** The same exporter, to be the one of that processor. */
  behind(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        this.#waiting -= spans.length;
        exporter.export(spans, (result) => {
          const code: number = result.code;
          this.#count(code === succeededCode ? 'sent' : 'lost', spans.length);
          done(result);
        });
      },
      forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
      shutdown: () => exporter.shutdown(),
    };
  }
}

/** `ExportResultCode.SUCCESS` of `@opentelemetry/core`, which is no dependency of ours. */
export const succeededCode = 0;
