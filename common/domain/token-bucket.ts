/** Limits how often something happens in the long run. */
export type TokenBucket = { readonly tokens: number; /** ms of any clock. */ readonly filledAt: number };

/** A full bucket: a tenth of a second's worth, and at least one token. */
export function fullBucket(perSecond: number, now: number): TokenBucket {
  return { tokens: capacity(perSecond), filledAt: now };
}

/** Takes up to `wanted` tokens; with none granted says how many ms to wait before asking again. */
export function takeTokens(
  bucket: TokenBucket,
  { perSecond, wanted, now }: { readonly perSecond: number; readonly wanted: number; readonly now: number },
): { readonly bucket: TokenBucket; readonly granted: number; readonly retryInMs: number } {
  const passedMs = Math.max(0, now - bucket.filledAt);
  const tokens = Math.min(capacity(perSecond), bucket.tokens + (passedMs / 1000) * perSecond);
  const granted = Math.min(wanted, Math.floor(tokens));
  const retryInMs = granted > 0 ? 0 : ((1 - tokens) / perSecond) * 1000;
  return { bucket: { tokens: tokens - granted, filledAt: now }, granted, retryInMs };
}

function capacity(perSecond: number): number {
  return Math.max(1, perSecond / 10);
}
