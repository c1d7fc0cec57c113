import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePrometheus } from './ensure-prometheus.ts';
import { freeLoopbackPort } from './loopback-port.ts';
import { repositoryRoot } from './repository-root.ts';
import { openScratch } from './scratch.ts';
import { waitUntil } from './wait-until.ts';

export type PrometheusOptions = {
  /** Base URLs whose `/metrics` are scraped, by the value of the label `pod`. */
  readonly targets: Readonly<Record<string, string>>;
  /**
   * `shipped`: the rules as they are, and seconds between two scrapes, and two evaluations. Default: everything every second, and alerts
   * that fire after two.
   */
  readonly pace?: { readonly shipped: number };
};

export type Sample = { readonly metric: Readonly<Record<string, string>>; readonly value: number };

/** A running Prometheus with the rules of `deploy/prometheus`. */
export type PrometheusServer = {
  readonly url: string;
  /** The value of an expression now. Throws with the answer of Prometheus when it refuses it. */
  query(expression: string): Promise<readonly Sample[]>;
  /** Alerts by name: `pending` or `firing`. */
  alerts(): Promise<ReadonlyMap<string, string>>;
  /** Seconds of the epoch at which each alert was firing, by name, in steps of `stepSeconds`. */
  firings(fromSeconds: number, toSeconds: number, stepSeconds: number): Promise<ReadonlyMap<string, readonly number[]>>;
  stop(): Promise<void>;
};

export async function startPrometheus({ targets, pace }: PrometheusOptions): Promise<PrometheusServer> {
  const { prometheus } = await ensurePrometheus();
  const port = await freeLoopbackPort();
  const scratch = openScratch('prometheus');
  try {
    for (const file of ['recording-rules.yaml', 'alert-rules.yaml']) {
      const text = await readFile(join(repositoryRoot(), 'deploy', 'prometheus', file), 'utf8');
      await writeFile(join(scratch.folder, file), pace === undefined ? inHurry(text) : text);
    }
    await writeFile(join(scratch.folder, 'prometheus.yaml'), configuration(targets, pace?.shipped ?? 1));
    const server = scratch.start(prometheus, [
      '--config.file=prometheus.yaml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ]);
    const url = `http://127.0.0.1:${port}`;
    await waitUntil(`Prometheus on port ${port}`, 60, async () => {
      if (server.hasEnded()) throw new Error(`prometheus ended while it was expected to start:\n${server.output()}`);
      return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true ? true : undefined;
    });
    return {
      url,
      query: (expression) => query(url, expression),
      async alerts() {
        const { alerts } = (await read(`${url}/api/v1/alerts`)) as {
          alerts: { labels: { alertname: string }; state: string }[];
        };
        return new Map(alerts.map(({ labels, state }) => [labels.alertname, state]));
      },
      firings: (from, to, step) => firings(url, from, to, step),
      stop: () => scratch.remove(),
    };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

/** The same rules, looked at every second, whose alerts fire after two. The real times are proven by `promtool test rules` and five minutes. */
function inHurry(text: string): string {
  return text.replaceAll(/^( *)for: \d+m$/gm, '$1for: 2s').replaceAll(/^( *)interval: \d+s$/gm, '$1interval: 1s');
}

function configuration(targets: Readonly<Record<string, string>>, everySeconds: number): string {
  return JSON.stringify({
    global: { scrape_interval: `${everySeconds}s`, evaluation_interval: `${everySeconds}s` },
    rule_files: ['*-rules.yaml'],
    scrape_configs: [
      {
        job_name: 'acr-credential-helper',
        static_configs: Object.entries(targets).map(([pod, url]) => ({
          targets: [new URL(url).host],
          labels: { pod },
        })),
      },
    ],
  });
}

async function query(url: string, expression: string): Promise<readonly Sample[]> {
  const { result } = (await read(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)) as {
    result: { metric: Record<string, string>; value: [number, string] }[];
  };
  return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

async function firings(
  url: string,
  from: number,
  to: number,
  step: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const asked = new URLSearchParams({
    query: 'count by (alertname) (ALERTS{alertstate="firing"})',
    start: String(from),
    end: String(to),
    step: String(step),
  });
  const { result } = (await read(`${url}/api/v1/query_range?${asked.toString()}`)) as {
    result: { metric: { alertname: string }; values: [number, string][] }[];
  };
  return new Map(result.map(({ metric, values }) => [metric.alertname, values.map(([moment]) => moment)]));
}

async function read(url: string): Promise<unknown> {
  const response = await fetch(url);
  const { data, error } = (await response.json()) as { data?: unknown; error?: string };
  if (!response.ok) throw new Error(`${decodeURIComponent(url)}: ${error ?? response.status}`);
  return data;
}
