import assert from 'node:assert/strict';
import { account, desired, namespace, now, secretName } from '../../../tests/fixtures/values.ts';
import type { PlanStep } from './plan-namespace.ts';
import { readySeconds } from './ready-seconds.ts';

const [wanted] = desired().secrets;
assert.ok(wanted !== undefined);
const create: PlanStep = { stage: 'write', action: 'create-secret', secret: wanted };

function attach(seenAt?: number): PlanStep {
  return { stage: 'refer', action: 'attach', account: account({ seenAt }), names: [secretName] };
}

describe('readySeconds', () => {
  it('measures from when a watch saw an account or a namespace to now', () => {
    assert.deepEqual(readySeconds(namespace({ seenAt: now - 500 }), [create, attach(now - 20)], 'account', now), {
      accountReadySeconds: [0.02],
      namespaceReadySeconds: 0.5,
    });
  });

  it('leaves out what was there before the watches, or was changed since', () => {
    assert.deepEqual(readySeconds(namespace(), [create, attach()], 'fan-out', now), { accountReadySeconds: [] });
  });

  it('leaves out a namespace whose Secret was there before and is made again', () => {
    for (const cause of ['secret', 'sweep'] as const) {
      assert.deepEqual(readySeconds(namespace({ seenAt: now }), [create], cause, now), { accountReadySeconds: [] });
    }
    const old = namespace({ seenAt: now - 3_601_000 });
    assert.deepEqual(readySeconds(old, [create], 'fan-out', now), { accountReadySeconds: [] });
  });

  it('is never negative, whatever the clocks say', () => {
    assert.deepEqual(readySeconds(undefined, [attach(now + 9000)], 'account', now).accountReadySeconds, [0]);
  });
});
