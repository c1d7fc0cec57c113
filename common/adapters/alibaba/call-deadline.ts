/** A signal that ends a call: when the caller gives up, or when its time is over. */
export type CallDeadline = {
  readonly signal: AbortSignal;
  /** Whether the time was over before the caller gave up. */
  hasExpired(): boolean;
  /** To be called at the end: lets go of the timer and of the caller's signal. */
  release(): void;
};

/**
 * Joins a caller's signal with a time-out. (`AbortSignal.any` keeps its parts alive as long as the longest-lived of them, here the
 * life of the process.)
 */
export function startDeadline(caller: AbortSignal, seconds: number): CallDeadline {
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = !controller.signal.aborted;
    controller.abort();
  }, seconds * 1000);
  const giveUp = (): void => controller.abort();
  caller.addEventListener('abort', giveUp, { once: true });
  if (caller.aborted) giveUp();
  return {
    signal: controller.signal,
    hasExpired: () => expired,
    release: () => {
      clearTimeout(timer);
      caller.removeEventListener('abort', giveUp);
    },
  };
}
