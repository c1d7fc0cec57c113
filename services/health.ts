type Problems = string | undefined | readonly string[];

/** What is wrong with this process, one sentence each. Parts come and go with the roles that it plays. */
export class Health {
  readonly #ready = new Map<string, () => string | undefined>();
  readonly #alive = new Map<string, () => Problems | Promise<Problems>>();

  /** What stands in the way of its work, for `/readyz`. `problem` answers what is wrong just now, or nothing. */
  watch(part: string, problem: () => string | undefined): void {
    this.#ready.set(part, problem);
  }

  /** The part is no longer wanted. */
  forget(part: string): void {
    this.#ready.delete(part);
  }

  /** What only a restart may mend, for `/healthz`: never what is wrong outside of the process alone. */
  restartFor(part: string, problem: () => Problems | Promise<Problems>): void {
    this.#alive.set(part, problem);
  }

  problems(): readonly string[] {
    return [...this.#ready].flatMap(([part, problem]) => sentences(part, problem()));
  }

  async fatal(): Promise<readonly string[]> {
    const found = await Promise.all([...this.#alive].map(async ([part, problem]) => sentences(part, await problem())));
    return found.flat();
  }
}

function sentences(part: string, problems: Problems): readonly string[] {
  return [problems ?? []].flat().map((problem) => `${part}: ${problem}`);
}
