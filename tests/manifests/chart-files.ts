import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { repositoryRoot } from '../real-parts/repository-root.ts';

const chart = 'deploy/helm/acr-credential-helper/files';

/** Alert rules and dashboards, which a chart can only take from its own folder: path → text. */
export function chartFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const path of filesBelow('deploy/prometheus', '.yaml')) {
    const text = textOf(path);
    if (hasField(text, 'groups')) files.set(`${chart}/rules/${basename(path)}`, text);
  }
  for (const path of filesBelow('deploy/grafana', '.json')) {
    const text = textOf(path);
    if (hasField(text, 'panels')) files.set(`${chart}/dashboards/${basename(path)}`, text);
  }
  return files;
}

function filesBelow(folder: string, ending: string): readonly string[] {
  const top = join(repositoryRoot(), folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .toSorted();
}

/** JSON is YAML. What is neither rule nor dashboard (tests, provisioning, Prometheus' own configuration) has no such field. */
function hasField(text: string, field: string): boolean {
  const content: unknown = parse(text);
  return typeof content === 'object' && content !== null && field in content;
}

function textOf(path: string): string {
  return readFileSync(join(repositoryRoot(), path), 'utf8');
}
