import type { Report } from '../common/domain/happening.ts';
import { silentTracer, type Tracer } from '../common/domain/tracing/tracer.ts';
import type { CredentialStore } from '../common/ports/stores.ts';
import type { Metrics } from '../common/runtime/metrics.ts';
import type { Settings } from '../common/runtime/settings.ts';
import type { Shutdown } from '../common/runtime/shutdown.ts';
import { version } from '../common/runtime/version.ts';

export type TracingOptions = {
  readonly settings: Pick<Settings, 'tracing' | 'roles'>;
  readonly report: Report;
  readonly metrics: Pick<Metrics, 'count'>;
  /** To be added to before anything else: what is done last is traced, too. */
  readonly shutdown: Shutdown;
};

/** Records and sends traces where `--trace-endpoint` says so. Nothing of OpenTelemetry is loaded otherwise. */
export async function connectTracer({ settings, report, metrics, shutdown }: TracingOptions): Promise<Tracer> {
  const { tracing, roles } = settings;
  if (tracing === undefined) return silentTracer;
  const { openOtlpTracer } = await import('../common/adapters/tracing/otlp-tracer.ts');
  const { tracer, close } = openOtlpTracer({
    ...tracing,
    roles,
    version,
    observer: (state, problem) =>
      report(state === 'lost' ? { kind: 'traces-lost', problem } : { kind: 'traces-restored' }),
    count: (outcome, spans) => metrics.count('acr_helper_trace_spans_total', { outcome }, spans),
  });
  shutdown.add('traces', close);
  return tracer;
}

/** The same store, which tells when what came of a fetch was kept. */
export function traceOutcomes<Store extends CredentialStore>(store: Store, tracer: Tracer): Store {
  return {
    ...store,
    write: (outcome) =>
      tracer.span(
        { name: 'keep credential', kind: 'internal', attributes: { 'acr.source.id': outcome.sourceId } },
        () => store.write(outcome),
      ),
  };
}
