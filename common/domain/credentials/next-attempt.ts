import type { Reaction } from '../failure.ts';

export type NextAttemptInput = {
  readonly reaction: Reaction;
  /** Failures in a row, this one included. */
  readonly attempts: number;
  /** When the last good credential ends, ms since the epoch. */
  readonly expiresAt?: number | undefined;
  /** ms since the epoch. */
  readonly now: number;
  readonly random: () => number;
};

/**
 * Seconds until a fetch is tried again. What passes by itself is tried again soon, with full jitter; what only a person can
 * mend every few minutes; and the nearer the expiry of the last good credential, the sooner. Once that has expired there is nothing
 * left to save: what is refused is refused at the pace of the first failure, and not twice a second for ever.
 */
export function nextAttempt({ reaction, attempts, expiresAt, now, random }: NextAttemptInput): number {
  if (reaction.kind === 'retry-after') return clamp(reaction.seconds, 1, 600);
  const ceiling = ceilingSeconds[reaction.kind];
  const seconds = Math.min(ceiling.max, ceiling.first * 2 ** Math.min(attempts - 1, 20));
  const remaining = expiresAt === undefined ? Infinity : (expiresAt - now) / 1000;
  const hurried = remaining > 0 ? remaining / 3 : ceiling.first;
  return clamp(Math.min(seconds, hurried) * (0.5 + random() / 2), 0.5, ceiling.max);
}

const ceilingSeconds = {
  retry: { first: 1, max: 60 },
  'read-again': { first: 1, max: 60 },
  'retry-slowly': { first: 15, max: 300 },
  'give-up': { first: 300, max: 300 },
} as const satisfies Record<Exclude<Reaction['kind'], 'retry-after'>, { readonly first: number; readonly max: number }>;

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
