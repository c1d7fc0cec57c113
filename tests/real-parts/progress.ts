/** Prints one line for a person who waits; on stderr, so that a tool's standard output stays clean. */
export function progress(line: string): void {
  process.stderr.write(`real parts: ${line}\n`);
}
