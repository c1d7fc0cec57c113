/** Which names are meant: a name is selected if an `include` matches and no `exclude` does. */
export type NamePatterns = {
  readonly include: readonly NamePattern[];
  readonly exclude: readonly NamePattern[];
};

/** A name as it is, or a glob in which `*` stands for any run of characters and `?` for one. */
export type NamePattern = string;

/** Whether the patterns select the name. */
export function matchesName(patterns: NamePatterns, name: string): boolean {
  return matchesAny(patterns.include, name) && !matchesAny(patterns.exclude, name);
}

function matchesAny(patterns: readonly NamePattern[], name: string): boolean {
  return patterns.some(
    (pattern) => pattern === '*' || pattern === name || (isGlob(pattern) && matchesGlob(pattern, name)),
  );
}

function isGlob(pattern: NamePattern): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

/**
 * Greedy matching with one point of return, so that no pattern takes more than pattern × name steps
 * (a regular expression made of `*` could take exponentially many).
 */
function matchesGlob(pattern: NamePattern, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let starName = 0;
  while (n < name.length) {
    if (p < pattern.length && (pattern[p] === '?' || (pattern[p] === name[n] && pattern[p] !== '*'))) {
      p++;
      n++;
    } else if (pattern[p] === '*') {
      star = p++;
      starName = n;
    } else if (star >= 0) {
      p = star + 1;
      n = ++starName;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
