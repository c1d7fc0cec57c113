import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { metricTable, type MetricName } from './metric-table.ts';

type Names<Kind> = { [N in MetricName]: (typeof metricTable)[N]['kind'] extends Kind ? N : never }[MetricName];
type Labels<N extends MetricName> = Readonly<Record<(typeof metricTable)[N]['labels'][number], string>>;

export const metricsFormats = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;
export type MetricsFormat = keyof typeof metricsFormats;

/** The metrics of this process. Names and labels are checked against the table by the compiler. */
export class Metrics {
  /** In the format that has exemplars. */
  readonly #openMetrics = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  /** The same metrics, in the older format. */
  readonly #plain = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #collectors: (() => Promise<void> | void)[] = [];

  constructor() {
    this.#openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    for (const [name, row] of Object.entries(metricTable)) {
      const options = {
        name,
        help: `Use this ${row.use}.`,
        labelNames: [...row.labels],
        registers: [this.#openMetrics],
      };
      if (row.kind === 'counter') this.#counters.set(name, new Counter(options));
      else if (row.kind === 'gauge') this.#gauges.set(name, withoutSeries(new Gauge(options)));
      else this.#histograms.set(name, new Histogram({ ...options, buckets: [...row.buckets], enableExemplars: true }));
    }
    collectDefaultMetrics({ register: this.#openMetrics });
    for (const name of misnamed) this.#openMetrics.removeSingleMetric(name);
    for (const { name } of this.#openMetrics.getMetricsAsArray()) {
      const metric = this.#openMetrics.getSingleMetric(name);
      if (metric !== undefined) this.#plain.registerMetric(metric);
    }
  }

  count<N extends Names<'counter'>>(name: N, labels: Labels<N>, by = 1): void {
    this.#counters.get(name)?.inc(labels, by);
  }

  set<N extends Names<'gauge'>>(name: N, labels: Labels<N>, value: number): void {
    this.#gauges.get(name)?.set(labels, value);
  }

  /**
   * No histogram has labels: each series of one costs as many as it has buckets. An example of each bucket is kept with the labels of
   * `example`, which make no series.
   */
  observe(name: Names<'histogram'>, value: number, example: Readonly<Record<string, string>> = {}): void {
    this.#histograms.get(name)?.observe({ value, exemplarLabels: { ...example } });
  }

  /** Forgets every series of the gauge: for gauges that are set anew at each collection, so that deleted things go away. */
  clear(name: Names<'gauge'>): void {
    const gauge = this.#gauges.get(name);
    gauge?.reset();
    if (gauge !== undefined) withoutSeries(gauge);
  }

  /** Forgets one series of the gauge. */
  remove<N extends Names<'gauge'>>(name: N, labels: Labels<N>): void {
    this.#gauges.get(name)?.remove(labels);
  }

  /** Registers a function that brings gauges up to date before each scrape. */
  beforeCollect(collect: () => Promise<void> | void): void {
    this.#collectors.push(collect);
  }

  /** The exposition text, as Prometheus text, or as OpenMetrics, which has the exemplars. */
  async text(format: MetricsFormat = 'prometheus'): Promise<string> {
    await Promise.allSettled(this.#collectors.map(async (collect) => collect()));
    return format === 'openmetrics' ? this.#openMetrics.metrics() : this.#plain.metrics();
  }
}

/** Sums, which nobody needs, and which are gauges: `_total` is for counters. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** A gauge without labels begins as 0, which would be said by processes of roles that know nothing of it. */
function withoutSeries(gauge: Gauge): Gauge {
  gauge.remove({});
  return gauge;
}
