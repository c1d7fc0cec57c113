import type { ConfigMapContent } from './config-map-data.ts';
import { keys } from './schema.ts';

/**
 * Whether the ConfigMap sets nothing at all: no key that is read has a value. It then means the defaults, which is what a new
 * cluster has, and also what is left when somebody empties it.
 */
export function setsNothing({ data, binaryData }: ConfigMapContent): boolean {
  const set = [...Object.entries(data ?? {}), ...Object.entries(binaryData ?? {})];
  return !set.some(([key, text]) => text.trim() !== '' && readKeys.has(key));
}

const readKeys: ReadonlySet<string> = new Set(keys.filter(({ kind }) => kind !== 'ignored').map(({ name }) => name));
