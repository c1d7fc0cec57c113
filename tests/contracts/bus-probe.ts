import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Delivery, Handler, HandlerResult } from '../../queues/bus.ts';
import type { MessageName } from '../../queues/catalog.ts';

/** A delivery that is being handled until the test says how it ends. */
export type HeldDelivery<N extends MessageName> = Delivery<N> & {
  readonly end: (result?: HandlerResult) => void;
  readonly fail: (error: Error) => void;
};

/** A handler in the hands of a test. */
export type Probe<N extends MessageName> = {
  readonly handle: Handler<N>;
  /** The next delivery that no test step has seen yet. */
  readonly next: () => Promise<HeldDelivery<N>>;
  /** Fails when another delivery begins within a fifth of a second. */
  readonly assertQuiet: () => Promise<void>;
};

export function createProbe<N extends MessageName>(): Probe<N> {
  const unseen: HeldDelivery<N>[] = [];
  let wake = (): void => {};
  return {
    handle: (delivery) =>
      new Promise<HandlerResult>((resolve, reject) => {
        unseen.push({ ...delivery, end: resolve, fail: reject });
        wake();
      }),
    next: async () => {
      for (;;) {
        const first = unseen.shift();
        if (first !== undefined) return first;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    assertQuiet: async () => {
      await sleep(200);
      assert.deepEqual(
        unseen.map(({ data }) => data),
        [],
        'nothing more should have been delivered',
      );
    },
  };
}
