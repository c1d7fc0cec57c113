import type { Clock } from '../../../ports.ts';

/** Limits how often something happens in the long run. */
export type TokenBucket = {
  /** Takes a token and answers 0, or answers how many ms to wait before asking again. */
  take(): number;
};

/** `perSecond` tokens a second; at most a tenth of a second's worth (and at least one) is saved up. */
export function createTokenBucket(perSecond: number, clock: Clock): TokenBucket {
  const capacity = Math.max(1, perSecond / 10);
  let tokens = capacity;
  let filledAt = clock();
  return {
    take() {
      const now = clock();
      tokens = Math.min(capacity, tokens + (Math.max(0, now - filledAt) / 1000) * perSecond);
      filledAt = now;
      if (tokens < 1) return ((1 - tokens) / perSecond) * 1000;
      tokens--;
      return 0;
    },
  };
}
