import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { succeededCode } from './bounded-spans.ts';

/** Told once when the collector takes no more, and once when it does again. */
export type ExportObserver = (state: 'lost' | 'restored', problem: string) => void;

/** The same exporter, whose results are followed: most of a failure is said by its first batch. */
export function watchExporter(exporter: SpanExporter, endpoint: URL, observer: ExportObserver): SpanExporter {
  let isLost = false;
  const follow = (error: unknown, succeeded: boolean): void => {
    if (succeeded !== isLost) return;
    isLost = !succeeded;
    observer(isLost ? 'lost' : 'restored', isLost ? `${endpoint.origin}${endpoint.pathname}: ${reasonOf(error)}` : '');
  };
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const code: number = result.code;
        follow(result.error, code === succeededCode);
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Nothing that the collector said: its text may be anything. */
function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return `answers ${code}`;
  if (typeof code === 'string') return code;
  const message = error instanceof Error ? error.message : '';
  return message.includes('timed out') || message.includes('Timeout')
    ? 'no answer in time'
    : 'it asks to be tried again later';
}
