import type { RawEntry } from './entry-list.ts';
import type { Report } from '../problems/problem.ts';
import type { ReadEntry } from './registry-entry.ts';

/** Two entries that ask for the same credential for the same hosts and namespaces: harmless, but surely not meant. */
export function reportDuplicateEntries(
  raw: readonly RawEntry[],
  read: readonly (ReadEntry | undefined)[],
  report: Report,
): void {
  const seen = new Map<string, number>();
  for (const [at, entry] of read.entries()) {
    const source = raw[at];
    if (entry === undefined || source === undefined) continue;
    const identity = sameness(entry);
    const earlier = seen.get(identity);
    if (earlier === undefined) {
      seen.set(identity, source.index);
      continue;
    }
    report({
      code: 'duplicate-entry',
      span: source.mapping.fields[0]?.nameSpan ?? source.mapping.span,
      entry: source.index,
      message: `entry ${source.index} asks for the same as entry ${earlier}`,
      write: 'one of the two',
    });
  }
}

/** Everything but the position. A SecretText shows as `[secret]` in JSON, so the secret itself does not count. */
function sameness(read: ReadEntry): string {
  const { index: _, ...rest } = read.entry;
  const domains = 'domains' in rest && rest.domains !== undefined ? rest.domains.toSorted() : undefined;
  return JSON.stringify({ ...rest, domains });
}
