import assert from 'node:assert/strict';
import * as fc from 'fast-check';

import { DelayedEntries } from './delayed-entries.ts';
import { newEntry, type MemoryEntry } from './memory-entry.ts';

describe('delayed entries', () => {
  it('give the soonest first, whatever was added and taken out before', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ dueMs: fc.nat(50), takeOut: fc.option(fc.nat(20)) })), (steps) => {
        const heap = new DelayedEntries();
        const model: MemoryEntry[] = [];
        for (const { dueMs, takeOut } of steps) {
          const entry = newEntry('key', undefined, 0, 0);
          entry.dueMs = dueMs;
          heap.add(entry);
          model.push(entry);
          const out = takeOut === null ? undefined : model[takeOut];
          if (out !== undefined) {
            heap.remove(out);
            model.splice(model.indexOf(out), 1);
          }
          assert.equal(heap.size, model.length);
          assert.equal(
            heap.soonest()?.dueMs,
            model.length === 0 ? undefined : Math.min(...model.map((one) => one.dueMs)),
          );
        }
      }),
    );
  });
});
