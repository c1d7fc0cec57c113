import assert from 'node:assert/strict';
import { account, desired, now, secret, secretName } from '../../../tests/fixtures/values.ts';
import type { PlanStep } from './plan-namespace.ts';
import { partOf, sweepCorrections, sweepParts } from './sweep.ts';

const [wanted] = desired().secrets;
assert.ok(wanted !== undefined);
const rewrite: PlanStep = { stage: 'write', action: 'rewrite-secret', secret: wanted, at: secret() };
const attach: PlanStep = { stage: 'refer', action: 'attach', account: account(), names: [secretName] };

describe('the sweep', () => {
  it('has a namespace in one part, always the same, and about as many in each', () => {
    const sizes = new Map<number, number>();
    for (let index = 0; index < 10_000; index++) {
      const part = partOf(`team-${index}`);
      assert.equal(part, partOf(`team-${index}`));
      sizes.set(part, (sizes.get(part) ?? 0) + 1);
    }
    assert.equal(sizes.size, sweepParts);
    for (const size of sizes.values()) assert.ok(size > 350 && size < 650, String(size));
  });

  it('counts what it had to mend', () => {
    assert.equal(sweepCorrections([rewrite, attach], now + 600_000), 2);
  });

  it('does not count a credential that was renewed just now: it was only faster than the fan-out', () => {
    assert.equal(sweepCorrections([rewrite, attach], now + 1000), 1);
  });
});
