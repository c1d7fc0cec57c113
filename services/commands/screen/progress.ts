export type Progress = {
  /** So many of so many are done; `total` absent: nobody knows how many there will be. */
  readonly tell: (what: string, done: number, total?: number) => void;
  /** Leaves nothing behind on a terminal. */
  readonly end: () => void;
};

export type ProgressOptions = {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** ms, from anywhere. */
  readonly clock: () => number;
};

/**
 * Says how far something is that takes more than two seconds: on a terminal one line with a bar that is written over, elsewhere a line every
 * ten seconds. It goes to standard error, so that results stay clean.
 */
export function createProgress({ write, isTerminal, clock }: ProgressOptions): Progress {
  const startedAt = clock();
  let lastAt = -Infinity;
  let isShown = false;
  return {
    tell(what, done, total) {
      const now = clock();
      if (now - startedAt < quietMs || now - lastAt < (isTerminal ? redrawMs : lineMs)) return;
      lastAt = now;
      isShown = true;
      const text = total === undefined ? `${done}` : `${bar(done, total)} ${done} of ${total}`;
      write(isTerminal ? `\r\u001B[K${what} ${text}` : `${what} ${text}\n`);
    },
    end() {
      if (isShown && isTerminal) write('\r\u001B[K');
      isShown = false;
    },
  };
}

const quietMs = 2000;
const redrawMs = 100;
const lineMs = 10_000;
const barLength = 20;

function bar(done: number, total: number): string {
  const filled = total === 0 ? barLength : Math.min(barLength, Math.floor((done / total) * barLength));
  return `[${'#'.repeat(filled)}${'.'.repeat(barLength - filled)}]`;
}
