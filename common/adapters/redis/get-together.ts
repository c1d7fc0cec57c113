/**
 * Reads strings one by one, for who asks, and by one command for all who ask before anybody waits: a writer asks for three versions
 * at the beginning of each of 10,000 namespaces. The command is sent after the last of them asked, so nobody gets what was before.
 */
export function getTogether(
  readAll: (what: string, keys: string[]) => Promise<readonly (string | null)[]>,
): (what: string, key: string) => Promise<string | null> {
  let gathered: Gathered | undefined;

  return async (what, key) => {
    gathered ??= gather(what);
    const { positions, texts } = gathered;
    const position = positions.get(key) ?? positions.size;
    positions.set(key, position);
    return (await texts)[position] ?? null;
  };

  function gather(what: string): Gathered {
    const positions = new Map<string, number>();
    const texts = Promise.resolve().then(() => {
      gathered = undefined;
      return readAll(what, [...positions.keys()]);
    });
    return { positions, texts };
  }
}

type Gathered = {
  /** By key. */
  readonly positions: Map<string, number>;
  readonly texts: Promise<readonly (string | null)[]>;
};
