import type { NamespaceStatus } from '../../../common/domain/status/status.ts';

/** Namespaces whose name, state or reason holds every word of the search, in any case. */
export function searchNamespaces(rows: readonly NamespaceStatus[], search: string): readonly NamespaceStatus[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ name, state, reasons }) => {
    const text = [name, stateWords[state], ...reasons].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export const stateWords = {
  served: 'served',
  'no-credential': 'no credential',
  'secret-missing': 'no Secret',
  'secret-outdated': 'Secret outdated',
  'account-unattached': 'not attached',
  'secret-of-another': 'left alone',
  'not-selected': 'not selected',
} as const satisfies Record<NamespaceStatus['state'], string>;

export type RowWindow = { readonly start: number; readonly end: number };

/** Which of many rows of one height have to be drawn: those that can be seen, and some around them. */
export function windowOf(count: number, scrollTop: number, viewHeight: number, rowHeight: number): RowWindow {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const visible = Math.ceil(viewHeight / rowHeight);
  const start = Math.max(0, Math.min(first, count - visible) - spare);
  return { start, end: Math.min(count, first + visible + spare) };
}

const spare = 10;
