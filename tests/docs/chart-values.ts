import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';

type Schema = {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
};

/** Whether the chart takes a value of this path, such as `redis.existingSecret.name` or `writer.replicas`. */
export function chartHasValue(path: string): boolean {
  const root = chartSchema();
  let schema: Schema | undefined = root;
  for (const part of path.replaceAll(/\[\d+\]/g, '').split('.')) {
    const reference: string | undefined = schema.$ref?.split('/').pop();
    if (reference !== undefined) return true;
    const known: Schema | undefined = schema.properties?.[part];
    if (known === undefined) return schema.additionalProperties !== false && schema !== root;
    schema = known;
  }
  return true;
}

/** The names at the top of values.yaml. */
export function chartSections(): ReadonlySet<string> {
  return new Set(Object.keys(chartSchema().properties ?? {}));
}

function chartSchema(): Schema {
  const path = join(repositoryRoot(), 'deploy', 'helm', 'acr-credential-helper', 'values.schema.json');
  return JSON.parse(readFileSync(path, 'utf8')) as Schema;
}
