import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is not undefined.
 *
 * @param what ends the error message: "waited 30 s for …".
 */
export async function waitUntil<T>(
  what: string,
  timeoutSeconds: number,
  ask: () => Promise<T | undefined>,
  pauseMilliseconds = 25,
): Promise<T> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutSeconds} s for ${what}`);
    await sleep(pauseMilliseconds);
  }
}
