import assert from 'node:assert/strict';
import { SecretText } from '../secret-text.ts';
import { caBundle, certificateDays, planCertificate, type ServingCertificate } from './serving-certificate.ts';

const day = 24 * 3_600_000;
const now = Date.UTC(2026, 0, 2);

function certificate(authority: string, ageDays: number): ServingCertificate {
  const issuedAt = now - ageDays * day;
  return {
    certificate: '',
    key: new SecretText('key'),
    authority,
    issuedAt,
    expiresAt: issuedAt + certificateDays * day,
    hosts: ['a.svc'],
  };
}

describe('planCertificate', () => {
  const current = certificate('A', 1);

  it('makes one where there is none', () => {
    assert.deepEqual(planCertificate(undefined, ['a.svc'], now), { action: 'issue' });
  });

  it('makes one at once where it has expired or is for another host', () => {
    assert.deepEqual(planCertificate({ current: certificate('A', certificateDays) }, ['a.svc'], now), {
      action: 'issue',
    });
    assert.deepEqual(planCertificate({ current }, ['b.svc'], now), { action: 'issue' });
  });

  it('keeps one until a third of its life is left', () => {
    assert.deepEqual(planCertificate({ current }, ['a.svc'], now), { action: 'keep', until: now + 59 * day });
    assert.deepEqual(planCertificate({ current: certificate('A', 60) }, ['a.svc'], now), { action: 'stage' });
  });

  it('serves the next one only after API servers had a minute to trust it', () => {
    const old = certificate('A', 61);
    const next = { certificate: certificate('B', 0), stagedAt: now };
    assert.deepEqual(planCertificate({ current: old, next }, ['a.svc'], now + 59_000), {
      action: 'keep',
      until: now + 60_000,
    });
    assert.deepEqual(planCertificate({ current: old, next }, ['a.svc'], now + 60_000), { action: 'switch' });
  });
});

describe('caBundle', () => {
  it('trusts what is served, what is going to be, and what a replica may still serve', () => {
    const state = {
      current: certificate('A', 61),
      next: { certificate: certificate('B', 0), stagedAt: now },
      previousAuthority: 'Z',
    };
    assert.equal(caBundle(state), 'ABZ');
  });
});
