import { createHash } from 'node:crypto';
import type { ConfigMapContent } from './config-map-data.ts';

/** The same content gives the same version, in whichever order its keys come. 16 hex digits; a person copies it to confirm. */
export function contentVersion({ data, binaryData }: ConfigMapContent): string {
  const text = sorted(data);
  const binary = sorted(binaryData);
  return createHash('sha256')
    .update(JSON.stringify(binary.length === 0 ? text : [text, binary]))
    .digest('hex')
    .slice(0, 16);
}

function sorted(values: Readonly<Record<string, string>> = {}): readonly (readonly [string, string])[] {
  return Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
