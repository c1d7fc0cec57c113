import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { account, desired, now, secret, secretName } from '../../../tests/fixtures/values.ts';
import {
  correctionsToFight,
  describeObject,
  forgetQuiet,
  holdBack,
  holdSeconds,
  isCorrection,
  noteCorrections,
  quietSeconds,
  type NamespaceFights,
} from './fights.ts';
import type { PlanStep } from './plan-namespace.ts';

const [wanted] = desired().secrets;
assert.ok(wanted !== undefined);
const create: PlanStep = { stage: 'write', action: 'create-secret', secret: wanted };
const repair: PlanStep = { stage: 'write', action: 'repair-secret', secret: wanted, at: secret({ ownsData: false }) };
const attach: PlanStep = { stage: 'refer', action: 'attach', account: account(), names: [secretName] };
const detach: PlanStep = { stage: 'detach', action: 'detach', account: account({ name: 'web' }), names: ['old'] };
const remove: PlanStep = { stage: 'delete', action: 'delete-secret', at: secret({ name: 'old' }) };

/** The object of the step was corrected so often, so many seconds apart, the last time at `now`. */
function corrected(step: PlanStep, times: number, secondsApart = 1): NamespaceFights {
  let fights: NamespaceFights = new Map();
  for (let count = times - 1; count >= 0; count--)
    fights = noteCorrections(fights, [describeObject(step)], now - count * secondsApart * 1000).fights;
  return fights;
}

describe('fights', () => {
  it('are recognised when one object was corrected five times within a minute, and then said once', () => {
    let fights: NamespaceFights = new Map();
    const recognised = Array.from({ length: 8 }, (_item, second) => {
      const noted = noteCorrections(fights, ['ServiceAccount web'], now + second * 1000);
      fights = noted.fights;
      return noted.recognised.length;
    });
    assert.deepEqual(recognised, [0, 0, 0, 0, 1, 0, 0, 0]);
  });

  it('are none when the corrections are of different objects, or far apart', () => {
    const objects = ['a', 'b', 'c', 'd', 'e', 'f'];
    assert.deepEqual(noteCorrections(new Map(), objects, now).recognised, []);
    assert.equal(corrected(attach, 9, 20).get(describeObject(attach))?.recognised, false);
  });

  it('do not hold anything back before they are recognised', () => {
    const { steps, heldUntil } = holdBack([create, attach], corrected(attach, correctionsToFight - 1), now);
    assert.deepEqual([steps, heldUntil], [[create, attach], undefined]);
  });

  it('hold back one more correction of the object for a minute, and nothing of other objects', () => {
    const fights = corrected(attach, correctionsToFight);
    const other: PlanStep = { ...attach, account: account({ name: 'web' }) };
    assert.deepEqual(holdBack([attach, other], fights, now + 1000), {
      steps: [other],
      heldUntil: now + holdSeconds * 1000,
    });
    assert.deepEqual(holdBack([attach], fights, now + holdSeconds * 1000), { steps: [attach] });
  });

  it('let no account refer to a Secret whose making is held back', () => {
    const { steps } = holdBack([create, attach], corrected(create, correctionsToFight), now);
    assert.deepEqual(steps, []);
  });

  it('keep what the held step would have replaced', () => {
    const { steps } = holdBack([repair, attach, detach, remove], corrected(repair, correctionsToFight), now);
    assert.deepEqual(steps, [attach]);
  });

  it('hold for a minute at most, also when the clock is set back', () => {
    const { heldUntil = 0 } = holdBack([attach], corrected(attach, correctionsToFight), now - 86_400_000);
    assert.equal(heldUntil, now - 86_400_000 + holdSeconds * 1000);
  });

  it('end when nothing had to be corrected for two minutes, and are forgotten then', () => {
    const fights = corrected(attach, correctionsToFight);
    const justBefore = forgetQuiet(fights, now + quietSeconds * 1000 - 1);
    assert.deepEqual([justBefore.ended, justBefore.fights.size], [[], 1]);
    const { ended, fights: left } = forgetQuiet(fights, now + quietSeconds * 1000);
    assert.deepEqual([ended, left.size], [['ServiceAccount default'], 0]);
  });

  it('leave no trace of a single correction after a minute', () => {
    const { ended, fights } = forgetQuiet(corrected(attach, 1), now + holdSeconds * 1000);
    assert.deepEqual([ended, fights.size], [[], 0]);
  });

  it('cost at most one write per minute and object after five, however fast the other side is', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 20, maxLength: 200 }), (pauses) => {
        let fights: NamespaceFights = new Map();
        let moment = now;
        const writes: number[] = [];
        for (const pause of pauses) {
          moment += pause;
          fights = forgetQuiet(fights, moment).fights;
          if (holdBack([attach], fights, moment).steps.length === 0) continue;
          writes.push(moment);
          fights = noteCorrections(fights, [describeObject(attach)], moment).fights;
        }
        for (const [index, write] of writes.entries()) {
          const since = writes[index - correctionsToFight];
          assert.ok(since === undefined || write - since >= holdSeconds * 1000);
        }
        const history = fights.get(describeObject(attach));
        assert.ok((history?.corrections.length ?? 0) <= correctionsToFight);
      }),
    );
  });
});

describe('isCorrection', () => {
  it('says yes to data that somebody changed, whatever the namespace is looked at for', () => {
    assert.equal(isCorrection(repair, 'fan-out'), true);
  });

  it('says yes to a Secret that is gone or other than written, when a Secret event says so', () => {
    assert.equal(isCorrection(create, 'secret'), true);
    assert.equal(isCorrection(create, 'sweep'), true);
  });

  it('says no to everything that a first start, a new namespace or a renewal leads to', () => {
    for (const step of [create, attach, remove]) {
      assert.equal(isCorrection(step, 'fan-out'), false);
      assert.equal(isCorrection(step, 'namespace'), false);
    }
    assert.equal(isCorrection(create, 'account'), false);
  });

  it('says no to a new account, and yes to one that was there and lost its reference', () => {
    const fresh: PlanStep = { ...attach, account: account({ seenAt: now }) };
    assert.equal(isCorrection(fresh, 'account'), false);
    assert.equal(isCorrection(attach, 'account'), true);
  });
});
