import assert from 'node:assert/strict';
import fc from 'fast-check';
import { credential, now, record } from '../../../tests/fixtures/values.ts';
import type { CredentialRecord } from './credential.ts';
import { planRenewals, renewBeforeSeconds, type RenewalPlan } from './plan-renewals.ts';

const hour = 3_600_000;

function plan(
  records: readonly CredentialRecord[],
  at: number,
  ids = records.map(({ sourceId }) => sourceId),
  spread = 0,
): RenewalPlan {
  return planRenewals({
    sources: ids.map((id) => ({ id })),
    records: new Map(records.map((each) => [each.sourceId, each])),
    rule: { thresholdSeconds: 900, spread },
    now: at,
  });
}

function fetched(sourceId: string, issuedAt: number, life = hour): CredentialRecord {
  return record({ sourceId, credential: credential({ sourceId, issuedAt, expiresAt: issuedAt + life }) });
}

describe('renewBeforeSeconds', () => {
  it('is a third of a long life, the threshold of a middling one and half of a short one', () => {
    assert.equal(renewBeforeSeconds(900, 3600), 1200);
    assert.equal(renewBeforeSeconds(900, 2400), 900);
    assert.equal(renewBeforeSeconds(900, 60), 30);
  });

  it('is never more than half of the life, so that a short token does not loop', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (threshold, life) => {
        const before = renewBeforeSeconds(threshold, life);
        assert.ok(before > 0 && before <= life / 2);
      }),
    );
  });
});

describe('planRenewals', () => {
  it('asks for a source that was never fetched', () => {
    assert.deepEqual(plan([], now, ['a']), { due: ['a'], nextDueAt: undefined });
  });

  it('leaves a fresh credential alone and names the moment of its renewal', () => {
    assert.deepEqual(plan([fetched('a', now)], now), { due: [], nextDueAt: now + hour - 1_200_000 });
  });

  it('renews a third of the life before the expiry', () => {
    assert.deepEqual(plan([fetched('a', now)], now + hour - 1_200_000).due, ['a']);
  });

  it('takes along what would be due soon', () => {
    const records = [fetched('a', now), fetched('b', now + 300_000), fetched('c', now + 1_500_000)];
    assert.deepEqual(plan(records, now + hour - 1_200_000).due, ['a', 'b']);
  });

  it('renews a little earlier in one cluster than in another, by no more than a twentieth of the life', () => {
    assert.equal(plan([fetched('a', now)], now, ['a'], 0.5).nextDueAt, now + hour - 1_200_000 - hour / 40);
  });

  it('leaves a failed source alone until its next attempt', () => {
    const failed = record({
      credential: undefined,
      failure: { code: 'cloud-throttled', message: '', hint: '', at: now, attempts: 1, nextAttemptAt: now + 5000 },
    });
    assert.deepEqual(plan([failed], now), { due: [], nextDueAt: now + 5000 });
    assert.deepEqual(plan([failed], now + 5000).due, ['source-a']);
  });

  it('never leaves a source without a next moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e8 }), fc.integer({ min: -1e8, max: 1e8 }), (life, elapsed) => {
        const { due, nextDueAt } = plan([fetched('a', now, life)], now + elapsed);
        assert.ok(due.length === 1 || (nextDueAt !== undefined && nextDueAt > now + elapsed && nextDueAt < now + life));
      }),
    );
  });
});
