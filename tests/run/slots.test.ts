import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';

import fc from 'fast-check';

import { slots } from './slots.ts';

describe('slots', () => {
  it('never run more at once than there are, begin by their order, and run all, whoever fails', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.uniqueArray(fc.record({ order: fc.nat(100), turns: fc.nat(5), fails: fc.boolean() }), {
          maxLength: 20,
          selector: ({ order }) => order,
        }),
        async (count, works) => {
          const inSlot = slots(count);
          const begun: number[] = [];
          let running = 0;
          let most = 0;
          const ends = works.map(({ order, turns, fails }) =>
            inSlot(order, async () => {
              begun.push(order);
              most = Math.max(most, ++running);
              for (let left = turns; left > 0; left--) await turn();
              running--;
              if (fails) throw new Error('planned');
            }),
          );
          const settled = await Promise.allSettled(ends);
          assert.ok(most <= count);
          assert.deepEqual(
            begun,
            works.map(({ order }) => order).toSorted((a, b) => a - b),
          );
          assert.deepEqual(
            settled.map(({ status }) => status),
            works.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
          );
        },
      ),
    ));
});
