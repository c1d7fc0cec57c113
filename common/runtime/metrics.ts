import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { metricTable, type MetricName } from './metric-table.ts';

type Names<Kind> = { [N in MetricName]: (typeof metricTable)[N]['kind'] extends Kind ? N : never }[MetricName];
type Labels<N extends MetricName> = Readonly<Record<(typeof metricTable)[N]['labels'][number], string>>;

/** The metrics of this process. Names and labels are checked against the table by the compiler. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #collectors: (() => Promise<void> | void)[] = [];

  constructor() {
    for (const [name, row] of Object.entries(metricTable)) {
      const options = { name, help: `Use this ${row.use}.`, labelNames: [...row.labels], registers: [this.#registry] };
      if (row.kind === 'counter') this.#counters.set(name, new Counter(options));
      else if (row.kind === 'gauge') this.#gauges.set(name, withoutSeries(new Gauge(options)));
      else this.#histograms.set(name, new Histogram({ ...options, buckets: [...row.buckets] }));
    }
    collectDefaultMetrics({ register: this.#registry });
  }

  count<N extends Names<'counter'>>(name: N, labels: Labels<N>, by = 1): void {
    this.#counters.get(name)?.inc(labels, by);
  }

  set<N extends Names<'gauge'>>(name: N, labels: Labels<N>, value: number): void {
    this.#gauges.get(name)?.set(labels, value);
  }

  /** No histogram has labels: each series of one costs as many as it has buckets. */
  observe(name: Names<'histogram'>, value: number): void {
    this.#histograms.get(name)?.observe(value);
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

  /** The exposition text, in the Prometheus text format. */
  async text(): Promise<string> {
    await Promise.allSettled(this.#collectors.map(async (collect) => collect()));
    return this.#registry.metrics();
  }
}

/** A gauge without labels begins as 0, which would be said by processes of roles that know nothing of it. */
function withoutSeries(gauge: Gauge): Gauge {
  gauge.remove({});
  return gauge;
}
