import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';

import type { Tracer } from '../../domain/tracing/tracer.ts';
import { createTracer } from './create-tracer.ts';
import { BoundedSpans, type SpanCounter } from './bounded-spans.ts';
import { watchExporter, type ExportObserver } from './watched-exporter.ts';

export type OtlpTracerOptions = {
  /** Of a collector, with the path: `http://collector:4318/v1/traces`. */
  readonly endpoint: URL;
  /** Share of the traces that are recorded, 0 to 1. */
  readonly ratio: number;
  /** Of this program. */
  readonly version: string;
  /** What this process plays: `watcher`, `writer`. */
  readonly roles: readonly string[];
  readonly observer: ExportObserver;
  readonly count: SpanCounter;
};

/**
 * Records spans and sends them to a collector by OTLP over HTTP, in JSON. What is recorded waits in a bounded queue: when the collector is slow or away
 * spans are dropped and counted, and work goes on.
 *
 * `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_EXPORTER_OTLP_HEADERS` are read by the packages, as everywhere.
 */
export function openOtlpTracer(options: OtlpTracerOptions): {
  readonly tracer: Tracer;
  readonly close: () => Promise<void>;
} {
  const { endpoint, ratio, version, roles, observer, count } = options;
  const bounded = new BoundedSpans(waitingMax, count);
  const exporter = new OTLPTraceExporter({ url: endpoint.href, timeoutMillis: exportSeconds * 1000 });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'acr-credential-helper',
      'service.version': version,
      'service.instance.id': crypto.randomUUID(),
      'acr.roles': roles.join(','),
    }).merge(detectResources({ detectors: [envDetector] })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanLimits: { attributeValueLengthLimit: 300 },
    spanProcessors: [
      bounded.before(
        new BatchSpanProcessor(bounded.behind(watchExporter(exporter, endpoint, observer)), {
          maxQueueSize: waitingMax,
          maxExportBatchSize: batchSize,
          scheduledDelayMillis: 2000,
          exportTimeoutMillis: 2 * exportSeconds * 1000,
        }),
      ),
    ],
  });
  return {
    tracer: createTracer(provider.getTracer('acr-credential-helper', version)),
    close: () => within(flushSeconds, provider.shutdown()),
  };
}

/** Some two megabytes. */
const waitingMax = 2048;
/** A batch is turned into text at once: more would keep messages waiting. */
const batchSize = 256;
const exportSeconds = 5;
const flushSeconds = 2;

/** What could not be sent in time is lost; nobody waits for a collector. */
async function within(seconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([work.catch(() => undefined), enough]).finally(() => clearTimeout(timer));
}
