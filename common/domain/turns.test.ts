import assert from 'node:assert/strict';

import { createTurns } from './turns.ts';
import { turnsUntilTheLessUrgent } from './urgency.ts';

describe('turns', () => {
  /** Who had how many of so many turns, by rank, while all of these always wait. */
  const turnsOf = (waiting: readonly number[], count: number): ReadonlyMap<number, number> => {
    const turns = createTurns();
    const had = new Map<number, number>();
    for (let turn = 0; turn < count; turn++) {
      const rank = turns.next((asked) => waiting.includes(asked)) ?? -1;
      had.set(rank, (had.get(rank) ?? 0) + 1);
    }
    return had;
  };

  it('go to the most urgent', () => {
    const turns = createTurns();
    assert.equal(
      turns.next((rank) => rank >= 1),
      1,
    );
    assert.equal(
      turns.next((rank) => rank >= 3),
      3,
    );
  });

  it('go to nobody when nobody waits', () => {
    assert.equal(
      createTurns().next(() => false),
      undefined,
    );
  });

  it('go to the less urgent once in a while, however much urgent work there is', () => {
    const had = turnsOf([0, 2], turnsUntilTheLessUrgent * 10);
    assert.deepEqual(
      [...had],
      [
        [0, (turnsUntilTheLessUrgent - 1) * 10],
        [2, 10],
      ],
    );
  });

  it('leave out none of the less urgent', () => {
    const had = turnsOf([0, 1, 2, 4], turnsUntilTheLessUrgent * 9);
    assert.deepEqual(
      [1, 2, 4].map((rank) => had.get(rank)),
      [3, 3, 3],
    );
  });

  it('are not saved up while nobody was passed over', () => {
    const turns = createTurns();
    for (let turn = 0; turn < turnsUntilTheLessUrgent * 3; turn++) turns.next((rank) => rank === 0);
    for (let turn = 1; turn < turnsUntilTheLessUrgent; turn++)
      assert.equal(
        turns.next((rank) => rank === 0 || rank === 4),
        0,
      );
  });
});
