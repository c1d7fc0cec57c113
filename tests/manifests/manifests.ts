import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { renderChart, type ChartValues, type Manifest } from '../fixtures/chart.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { renderChartReadme } from './chart-readme.ts';
import { chartFiles } from './chart-files.ts';

/**
 * EVERY file below deploy/ that is made from another one: path → text. `npm run manifests` writes them, and a test demands no difference.
 */
export async function generatedManifests(): Promise<ReadonlyMap<string, string>> {
  const [base, webhook, monitoring, distributed, distributedWebhook] = await Promise.all([
    renderChart(),
    renderChart({ webhook: { enabled: true } }),
    renderChart(monitoringValues),
    renderChart(distributedValues),
    renderChart({ ...distributedValues, webhook: { enabled: true } }),
  ]);
  const files = new Map(chartFiles());
  files.set('deploy/helm/acr-credential-helper/README.md', chartReadme());
  files.set('deploy/kustomize/base/resources.yaml', toText(withoutHooks(base)));
  files.set('deploy/kustomize/components/webhook/resources.yaml', toText(added(base, webhook)));
  files.set('deploy/kustomize/components/webhook/patches.yaml', toText(changed(base, webhook)));
  files.set('deploy/kustomize/components/monitoring/resources.yaml', toText(added(base, monitoring)));
  files.set('deploy/kustomize/base-distributed/resources.yaml', toText(withoutHooks(distributed)));
  files.set(
    'deploy/kustomize/components/webhook-distributed/resources.yaml',
    toText(added(distributed, distributedWebhook)),
  );
  files.set(
    'deploy/kustomize/components/webhook-distributed/patches.yaml',
    toText(changed(distributed, distributedWebhook)),
  );
  return files;
}

/** As the base over Redis has it: both Secrets are made by hand, since kustomize makes and keeps no random ones. */
export const distributedValues: ChartValues = {
  mode: 'distributed',
  redis: { existingSecret: { name: 'acr-helper-redis' } },
  sealKey: { existingSecret: 'acr-credential-helper-seal-key' },
};

const monitoringValues: ChartValues = {
  monitoring: {
    serviceMonitor: { enabled: true },
    prometheusRule: { enabled: true },
    dashboards: { enabled: true },
  },
};

function chartReadme(): string {
  const values = readFileSync(join(repositoryRoot(), 'deploy/helm/acr-credential-helper/values.yaml'), 'utf8');
  return renderChartReadme(values);
}

/** Objects that only the second rendering has. */
function added(before: readonly Manifest[], after: readonly Manifest[]): readonly Manifest[] {
  const there = new Set(before.map(keyOf));
  return withoutHooks(after).filter((manifest) => !there.has(keyOf(manifest)));
}

/** Objects that the second rendering has otherwise, in full: as patches they put every field in place. */
function changed(before: readonly Manifest[], after: readonly Manifest[]): readonly Manifest[] {
  const texts = new Map(before.map((manifest) => [keyOf(manifest), stringify(manifest)]));
  return withoutHooks(after).filter((manifest) => {
    const text = texts.get(keyOf(manifest));
    return text !== undefined && text !== stringify(manifest);
  });
}

function keyOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Kustomize has no hooks. */
function withoutHooks(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === undefined);
}

/** Without the marks of a Helm release, and sorted, so that the order of Helm's releases does not show. */
function toText(manifests: readonly Manifest[]): string {
  const sorted = manifests.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const texts = sorted.map((manifest) =>
    stringify(withoutHelmLabels(manifest), { lineWidth: 0, aliasDuplicateObjects: false }),
  );
  return `# Rendered from deploy/helm by "npm run manifests".\n${texts.join('---\n')}`;
}

function withoutHelmLabels<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutHelmLabels(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== 'helm.sh/chart')
    .map(([key, inner]) => [
      key,
      key === 'app.kubernetes.io/managed-by' ? 'kustomize' : withoutHelmLabels(inner as unknown),
    ]);
  return Object.fromEntries(entries) as T;
}
