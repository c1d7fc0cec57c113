import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { SecretNameStore } from '../../common/ports/own-secrets.ts';

/**
 * Keeps the names under which there may be Secrets of ours in the cluster, a few seconds after they became known: a process that
 * starts later takes back what these Secrets hold, and cleans up those that are not wanted any more.
 */
export class SecretNameKeeper {
  readonly #store: SecretNameStore;
  readonly #report: Report;
  readonly #signal: AbortSignal;
  #known: readonly string[] | undefined;
  readonly #wanted = new Set<string>();
  readonly #dropped = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: SecretNameStore, report: Report, signal: AbortSignal) {
    this.#store = store;
    this.#report = report;
    this.#signal = signal;
  }

  /** What is kept, also by earlier processes; only what this process knows where that cannot be read, which is reported. */
  async read(): Promise<readonly string[]> {
    try {
      this.#known ??= await this.#store.read();
      return [...new Set([...this.#known, ...this.#wanted])].filter((name) => !this.#dropped.has(name));
    } catch (error) {
      this.#reportFailure(error);
      return [...this.#wanted];
    }
  }

  /** What is kept may be another text by now: reads it again, believes it, and adds what is wanted and not in it. */
  reread(): void {
    this.#known = undefined;
    this.#dropped.clear();
    if (this.#wanted.size > 0) this.#flushLater();
  }

  /** There may be Secrets of ours under these names. */
  keep(names: readonly string[]): void {
    const news = names.filter((name) => !this.#wanted.has(name));
    for (const name of news) {
      this.#wanted.add(name);
      this.#dropped.delete(name);
    }
    if (news.length > 0) this.#flushLater();
  }

  /** There is no Secret of ours under these names any more. */
  drop(names: readonly string[]): void {
    for (const name of names) {
      this.#wanted.delete(name);
      this.#dropped.add(name);
    }
    if (names.length > 0) this.#flushLater();
  }

  /** Writes at once what waits. Never throws. */
  async flush(): Promise<void> {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      this.#known ??= await this.#store.read();
      const known = new Set(this.#known);
      const names = new Set([...known, ...this.#wanted].filter((name) => !this.#dropped.has(name)));
      if (names.size === known.size && [...names].every((name) => known.has(name))) return;
      const sorted = [...names].toSorted();
      await this.#store.write(sorted);
      this.#known = sorted;
    } catch (error) {
      this.#reportFailure(error);
      if (!this.#signal.aborted) this.#flushLater();
    }
  }

  #flushLater(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), delaySeconds * 1000);
    this.#timer.unref();
  }

  #reportFailure(error: unknown): void {
    this.#report({ kind: 'message-failed', message: 'watch', key: 'names of Secrets', failure: toFailure(error) });
  }
}

const delaySeconds = 5;
