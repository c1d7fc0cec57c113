import type { Status } from '../../common/domain/status/status.ts';

/** A fresh status for whoever asks; `everything`: with a row for every namespace. */
export type StatusAnswers = (everything: boolean) => Promise<Status>;

/**
 * However many ask, the status is made once a second at most, and never takes more than about a tenth of the time: in a large cluster
 * over Redis it is a second's work.
 */
export function shareStatus(read: StatusAnswers, now: () => number): StatusAnswers {
  const kept = new Map<boolean, { readonly answer: Promise<Status>; until: number }>();
  return (everything) => {
    const known = kept.get(everything);
    if (known !== undefined && now() < known.until) return known.answer;
    const startedAt = now();
    const entry = { answer: read(everything), until: Infinity };
    kept.set(everything, entry);
    entry.answer.then(
      () => {
        const seconds = now() - startedAt;
        entry.until = now() + Math.max(freshMs, seconds * shareOfTime);
      },
      () => kept.delete(everything),
    );
    return entry.answer;
  };
}

const freshMs = 1000;
const shareOfTime = 10;
