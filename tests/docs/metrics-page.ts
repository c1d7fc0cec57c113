import { metricTable } from '../../common/runtime/metric-table.ts';

/** `docs/metrics.md`. */
export function renderMetricsPage(): string {
  const rows = Object.entries(metricTable).map(
    ([name, { kind, labels, use }]) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${use} |`,
  );
  return `# Metrics

Served at \`/metrics\` of \`--ops-address\`. Every name starts with \`acr_helper_\`; Node's own \`process_*\` and \`nodejs_*\` are there too.
Nothing has a series per account or per namespace: in a cluster of 10,000 namespaces and 50 registries a process has some hundred series.
A metric that no role of a process knows anything about is absent there, and the series of a registry go with it.
Alert rules are in \`deploy/prometheus/\`, dashboards in \`deploy/grafana/\`, and what to do about an alert is in
[failure-modes.md](failure-modes.md#alerts).

Whoever asks for OpenMetrics gets it, with the namespace of one example in each bucket of the two histograms.

| metric | kind | labels | use it |
| --- | --- | --- | --- |
${rows.join('\n')}

## Health

Both answer 200 with \`ok\`, or 503 with one line for each reason.

- \`/readyz\`: no configuration is in force yet, the cluster was not listed completely yet, a watch is down, Redis cannot be reached, the webhook
  cannot answer.
- \`/healthz\`, which has Kubernetes restart the process: messages wait in a queue of this process and none was taken for ten minutes; a watch is
  silent for ten minutes and nobody noticed; a watch could not be taken up again for half an hour. A stuck event loop does not answer at all. What
  a restart does not mend, such as a Redis that is gone, leaves it green.
`;
}
