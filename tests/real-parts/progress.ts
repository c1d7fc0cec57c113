/** Prints one line for a person who waits; on stderr, so that a tool's standard output stays clean. */
export function progress(line: string): void {
  process.stderr.write(`real parts: ${line}\n`);
}

/** Says what is being done, once a minute that it still is, and how long it took. */
export async function progressWhile(what: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = Date.now();
  const seconds = (): number => Math.round((Date.now() - startedAt) / 1000);
  progress(what);
  const reminder = setInterval(() => progress(`still at it (${seconds()} s): ${what}`), 60_000);
  try {
    await work();
  } finally {
    clearInterval(reminder);
  }
  progress(`done (${seconds()} s): ${what}`);
}
