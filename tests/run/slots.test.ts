import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';

import fc from 'fast-check';

import { slots } from './slots.ts';

describe('slots', () => {
  it('never run more at once than there are, begin in order, and run all, whoever fails', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ turns: fc.nat(5), fails: fc.boolean() }), { maxLength: 20 }),
        async (count, works) => {
          const inSlot = slots(count);
          const begun: number[] = [];
          let running = 0;
          let most = 0;
          const ends = works.map(({ turns, fails }, index) =>
            inSlot(async () => {
              begun.push(index);
              most = Math.max(most, ++running);
              for (let left = turns; left > 0; left--) await turn();
              running--;
              if (fails) throw new Error('planned');
              return index;
            }),
          );
          const settled = await Promise.allSettled(ends);
          assert.ok(most <= count);
          assert.deepEqual(begun, [...works.keys()]);
          assert.deepEqual(
            settled.map(({ status }) => status),
            works.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
          );
        },
      ),
    ));
});
