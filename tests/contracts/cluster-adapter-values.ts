import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import type { DesiredSecret } from '../../common/domain/namespaces/desired-secret.ts';
import { Failure } from '../../common/domain/failure.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import type { WatchEvent } from '../../common/ports/cluster-watcher.ts';

/** A Secret with one registry; different words give different contents. */
export function desiredSecret(name: string, word: string): DesiredSecret {
  const expiresAt = Date.parse('2026-11-24T08:00:00Z');
  const host = `${word}.example.com`;
  return {
    name,
    dockerConfig: new SecretText(
      JSON.stringify({ auths: { [host]: { username: 'cr_temp_user', password: 'password' } } }),
    ),
    version: `version-${word}`,
    expiresAt,
    sources: [
      {
        id: '0123456789abcdef',
        hosts: [host],
        discovered: false,
        issuedAt: Date.parse('2026-11-24T07:00:00Z'),
        expiresAt,
      },
    ],
  };
}

export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}

/** The Failure with which `work` ends. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof Failure)) throw thrown;
  return thrown;
}

export type Collected<T> = {
  /** Resolves when the first list is complete. */
  readonly listed: Promise<void>;
  /** The next item that fits, of those not passed over before. */
  next(fits: (item: T) => boolean): Promise<T>;
};

/** Reads a watch in the background and keeps the items that are wanted. */
export function collect<T>(events: AsyncIterable<WatchEvent<T>>, wanted: (item: T) => boolean): Collected<T> {
  const items: T[] = [];
  let wake = (): void => undefined;
  let finishList = (): void => undefined;
  const listed = new Promise<void>((resolve) => {
    finishList = resolve;
  });
  void (async () => {
    for await (const event of events) {
      if (event.type === 'listed') finishList();
      else items.push(...event.items.filter(wanted));
      wake();
    }
  })();
  return {
    listed,
    async next(fits) {
      for (;;) {
        for (let item = items.shift(); item !== undefined; item = items.shift()) if (fits(item)) return item;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
