import { metricTable } from '../../common/runtime/metric-table.ts';

/** `docs/metrics.md`. */
export function renderMetricsPage(): string {
  const rows = Object.entries(metricTable).map(
    ([name, { kind, labels, use }]) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${use} |`,
  );
  return `# Metrics

Served at \`/metrics\` of \`--ops-address\`. Every name starts with \`acr_helper_\`; Node's own \`process_*\` and \`nodejs_*\` are there too.
Nothing has a series per account or per namespace.

| metric | kind | labels | use it |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
