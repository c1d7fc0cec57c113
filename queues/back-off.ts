import type { Failure } from '../common/domain/failure.ts';
import type { Random } from '../common/ports/clock.ts';

/** Bounds of the back-off after a failure that says `retry`, in seconds. */
type RetryBounds = { readonly firstSeconds: number; readonly maxSeconds: number };

/**
 * How long a message waits after a failure, in seconds; `undefined` ends it.
 *
 * `attempt` is 1 for the first failure in a row.
 *
 * - `retry`: full jitter between `firstSeconds` and a ceiling that doubles up to `maxSeconds`.
 * - `retry-after`: what was asked, and up to a tenth more, because everybody who was turned away was told the same.
 * - `read-again`: at once, as often as a conflict is plausible; then it is no conflict, and backs off.
 * - `retry-slowly`: two to five minutes.
 * - `give-up`: never.
 */
export function retryDelaySeconds(
  failure: Failure,
  attempt: number,
  bounds: RetryBounds,
  random: Random,
): number | undefined {
  const { reaction } = failure;
  switch (reaction.kind) {
    case 'retry':
      return fullJitter(attempt, bounds, random);
    case 'retry-after':
      return Math.min(Math.max(0, reaction.seconds), longestSeconds) * (1 + random() / 10);
    case 'read-again':
      return attempt <= readAgainAtOnce ? 0 : fullJitter(attempt - readAgainAtOnce, bounds, random);
    case 'retry-slowly':
      return between(120, 300, random);
    case 'give-up':
      return undefined;
  }
}

/** Nobody is believed who names a longer wait: the message would be as good as lost. */
const longestSeconds = 3600;

const readAgainAtOnce = 2;

/** The exponent is bounded because attempts are not: 2 ** 1100 is no number any more. */
function fullJitter(attempt: number, { firstSeconds, maxSeconds }: RetryBounds, random: Random): number {
  const ceiling = Math.min(maxSeconds, firstSeconds * 2 ** Math.min(Math.max(attempt, 1), 30));
  return between(Math.min(firstSeconds, ceiling), ceiling, random);
}

function between(low: number, high: number, random: Random): number {
  return low + random() * (high - low);
}
