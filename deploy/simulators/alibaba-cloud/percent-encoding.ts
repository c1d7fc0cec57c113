/** One `name=value` of a URL's query or of a form, decoded. */
export type Parameter = readonly [name: string, value: string];

/** RFC 3986 percent-encoding as every Alibaba Cloud signature wants it: nothing but `A-Za-z0-9-_.~` stays as it is. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Sorted `name=value` joined by `&`, both sides encoded: the canonical query of the V3 and RPC V1 signatures. */
export function canonicalParameters(parameters: readonly Parameter[]): string {
  return parameters
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Reads `a=1&b=2`, with `+` and `%20` as a space. Answers `undefined` when a `%` is not followed by two hex digits. */
export function parseParameters(text: string): readonly Parameter[] | undefined {
  const pairs = text.split('&').filter((pair) => pair !== '');
  try {
    return pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? ([decode(pair), ''] as const)
        : ([decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))] as const);
    });
  } catch {
    return undefined;
  }
}

/** Order of UTF-16 code units, not of a language: `a < b` on every machine. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
