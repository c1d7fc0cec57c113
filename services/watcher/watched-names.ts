/** The names of Secrets that are watched. Others may be added, dropped and given up while the watches run. */
export class WatchedNames {
  /** Those with which the watches begin: what is absent means nothing before all of them were listed or given up. */
  readonly first: readonly string[];
  readonly #names: Set<string>;
  readonly #listed = new Set<string>();
  readonly #listeners = new Set<WatchedNamesListener>();

  constructor(first: readonly string[]) {
    this.#names = new Set(first.slice(0, namesMax));
    this.first = [...this.#names];
  }

  all(): readonly string[] {
    return [...this.#names];
  }

  /** Those whose first list is complete. */
  listed(): readonly string[] {
    return [...this.#listed];
  }

  markListed(name: string): void {
    this.#listed.add(name);
  }

  /** Adds as many as there is room for; the rest waits until others were dropped. */
  add(names: readonly string[]): void {
    for (const name of names) {
      if (this.#names.has(name) || this.#names.size >= namesMax) continue;
      this.#names.add(name);
      for (const { added } of this.#listeners) added(name);
    }
  }

  /** Ends the watches of these names. */
  drop(names: readonly string[]): void {
    for (const name of names) {
      this.#listed.delete(name);
      if (this.#names.delete(name)) for (const { dropped } of this.#listeners) dropped(name);
    }
  }

  /** Nobody waits for the lists of these names any more; their watches go on. */
  giveUp(names: readonly string[]): void {
    for (const name of names) {
      if (this.#names.has(name) && !this.#listed.has(name)) for (const { givenUp } of this.#listeners) givenUp(name);
    }
  }

  /** Tells of each change from now on; answers with what ends that. */
  follow(listener: WatchedNamesListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

export type WatchedNamesListener = {
  readonly added: (name: string) => void;
  readonly dropped: (name: string) => void;
  readonly givenUp: (name: string) => void;
};

/** Each name is a watch with a connection of its own. */
const namesMax = 200;
