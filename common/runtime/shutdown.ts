/** Things that must be stopped, in reverse order of their start. */
export class Shutdown {
  readonly #abort = new AbortController();
  readonly #steps: { readonly name: string; readonly stop: () => Promise<void> | void }[] = [];
  #stopping: Promise<readonly string[]> | undefined;

  /** Aborted when the stop begins. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  add(name: string, stop: () => Promise<void> | void): void {
    this.#steps.push({ name, stop });
  }

  /** Runs every step once, each for at most `stepSeconds`; answers with what went wrong. */
  stop(stepSeconds = 12): Promise<readonly string[]> {
    this.#stopping ??= this.#run(stepSeconds);
    return this.#stopping;
  }

  async #run(stepSeconds: number): Promise<readonly string[]> {
    this.#abort.abort();
    const problems: string[] = [];
    for (const { name, stop } of this.#steps.toReversed()) {
      try {
        await within(stepSeconds, Promise.resolve(stop()));
      } catch (error) {
        problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return problems;
  }
}

async function within(seconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not stopped after ${seconds} s`)), seconds * 1000);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
