/**
 * Whether what is there holds everything that is wanted. The API server adds defaults, so that there may be more fields; a list
 * must have just the items that are wanted.
 */
export function isApplied(wanted: unknown, there: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(there) &&
      wanted.length === there.length &&
      wanted.every((item, index) => isApplied(item, there[index]))
    );
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof there !== 'object' || there === null) return isEmpty(wanted) && there === undefined;
    return Object.entries(wanted).every(([key, value]) => isApplied(value, (there as Record<string, unknown>)[key]));
  }
  return wanted === there;
}

/** An empty selector is left out of some answers. */
function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
