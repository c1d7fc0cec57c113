/** A setting that a name could stand for. */
export type NamedSetting = { readonly name: string; readonly alsoCalled?: readonly string[] };

/**
 * The known names that a misspelt one may mean: the same letters in another case or with other separators, another name for
 * it (which several may have), half of it, or so few changes of letters that it can hardly be anything else.
 */
export function nearestNames(found: string, known: readonly NamedSetting[]): readonly string[] {
  if (found.length > longestName) return [];
  const plain = plainForm(found);
  const same = known.filter((setting) =>
    [setting.name, ...(setting.alsoCalled ?? [])].some((name) => plainForm(name) === plain),
  );
  if (same.length > 0) return same.map(({ name }) => name);
  const half = known.find(({ name }) => isHalf(plain, plainForm(name)));
  if (half !== undefined) return [half.name];
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const { name } of known) {
    const distance = editDistance(plain, plainForm(name));
    if (distance < fewest && distance <= allowedChanges(name)) {
      nearest = name;
      fewest = distance;
    }
  }
  return nearest === undefined ? [] : [nearest];
}

/**
 * How many letters differ (insertions, deletions, replacements, and two neighbours swapped). The longest text compared is
 * `longestName`, so the cost is bounded.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

const longestName = 64;

/** A short name that differs in two letters is another word; a long one is a slip. */
function allowedChanges(name: string): number {
  return name.length <= 5 ? 1 : name.length <= 10 ? 2 : 3;
}

/** `timeout` for `timeout-seconds`: the one starts with the other, and is long enough to mean nothing else. */
function isHalf(found: string, known: string): boolean {
  return Math.min(found.length, known.length) >= 6 && (known.startsWith(found) || found.startsWith(known));
}

function plainForm(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.\s]/g, '');
}
