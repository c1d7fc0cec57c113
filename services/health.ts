/** What stands in the way of this process doing its work: one sentence each. Parts come and go with the roles that it plays. */
export class Health {
  readonly #parts = new Map<string, () => string | undefined>();

  /** `problem` answers what is wrong just now, or nothing. */
  watch(part: string, problem: () => string | undefined): void {
    this.#parts.set(part, problem);
  }

  problems(): readonly string[] {
    return [...this.#parts].flatMap(([part, problem]) => {
      const sentence = problem();
      return sentence === undefined ? [] : [`${part}: ${sentence}`];
    });
  }
}
