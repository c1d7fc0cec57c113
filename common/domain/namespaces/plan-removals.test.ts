import assert from 'node:assert/strict';
import {
  account,
  configuration,
  desired,
  now,
  observation,
  secret,
  secretName,
} from '../../../tests/fixtures/values.ts';
import type { DesiredSecret } from './desired-secret.ts';
import type { ObservedSecret } from './observation.ts';
import { planNamespace, type PlanInput } from './plan-namespace.ts';
import { domainSecretName } from './secret-naming.ts';

const hour = 3_600_000;
const [nameA, nameB] = [domainSecretName('a.io'), domainSecretName('b.io')];
const takeOver = configuration({ takeOver: true });

function wanted(name: string, ...hosts: readonly string[]): DesiredSecret {
  const [base] = desired().secrets;
  assert.ok(base !== undefined);
  return {
    ...base,
    name,
    sources: [{ id: 'source-a', hosts, discovered: false, issuedAt: now, expiresAt: now + hour }],
  };
}

/** A Secret of ours as it was written for these hosts. */
function written(name: string, hosts: readonly string[], parts: Partial<ObservedSecret> = {}): ObservedSecret {
  const times = { issuedAt: new Date(now).toISOString(), expiresAt: new Date(now + hour).toISOString() };
  return secret({ name, sources: JSON.stringify([{ id: 'source-a', hosts, ...times }]), ...parts });
}

function originals(name: string, parts: Partial<ObservedSecret> = {}): ObservedSecret {
  const foreign = { managedBy: undefined, version: undefined, ownsData: false };
  return secret({ name, ...foreign, writtenBy: 'aliyun-acr-credential-helper', ...parts });
}

/** What the plan does, in order: the action, the account or Secret, and the names of references. */
function steps(parts: Partial<PlanInput>): readonly string[] {
  const input = { observation: observation(), configuration: configuration(), desired: desired(), secretName, now };
  return planNamespace({ ...input, ...parts }).steps.map((step) => {
    switch (step.action) {
      case 'attach':
      case 'detach':
        return [step.action, step.account.name, ...step.names].join(' ');
      case 'delete-secret':
        return `${step.action} ${step.at.name}`;
      case 'create-secret':
      case 'rewrite-secret':
      case 'repair-secret':
      case 'take-over-secret':
        return `${step.action} ${step.secret.name}`;
    }
  });
}

describe('a change of secret-naming', () => {
  const aggregated = observation({
    accounts: [account({ pullSecrets: [secretName] })],
    secrets: [written(secretName, ['a.io', 'b.io'])],
  });
  const perDomain = desired({ secrets: [wanted(nameA, 'a.io'), wanted(nameB, 'b.io')] });

  it('writes and attaches what is new before it detaches and deletes what is old', () => {
    assert.deepEqual(steps({ observation: aggregated, desired: perDomain }), [
      `create-secret ${nameA}`,
      `create-secret ${nameB}`,
      `attach default ${nameA} ${nameB}`,
      `detach default ${secretName}`,
      `delete-secret ${secretName}`,
    ]);
  });

  it('does the same on the way back', () => {
    const separate = observation({
      accounts: [account({ pullSecrets: [nameA, nameB] })],
      secrets: [written(nameA, ['a.io']), written(nameB, ['b.io'])],
    });
    const together = desired({ secrets: [wanted(secretName, 'a.io', 'b.io')] });
    assert.deepEqual(steps({ observation: separate, desired: together }), [
      `create-secret ${secretName}`,
      `attach default ${secretName}`,
      `detach default ${nameA} ${nameB}`,
      `delete-secret ${nameA}`,
      `delete-secret ${nameB}`,
    ]);
  });

  it('keeps the old Secret while it alone has a login for a host whose new name somebody else took', () => {
    const taken = { ...aggregated, secrets: [...aggregated.secrets, secret({ name: nameB, managedBy: 'helm' })] };
    assert.deepEqual(steps({ observation: taken, desired: perDomain }), [
      `create-secret ${nameA}`,
      `attach default ${nameA}`,
    ]);
  });

  it('looks again when what the old Secret is kept for has expired', () => {
    const taken = { ...aggregated, secrets: [...aggregated.secrets, secret({ name: nameB, managedBy: 'helm' })] };
    const input = { observation: taken, configuration: configuration(), desired: perDomain, secretName };
    assert.equal(planNamespace({ ...input, now }).planAgainAt, now + hour);
    assert.equal(planNamespace({ ...input, now: now + hour }).planAgainAt, undefined);
  });

  it('keeps the old Secret while the one that replaces it is written later', () => {
    const moved = observation({
      accounts: [account({ pullSecrets: [secretName, `${secretName}-1`] })],
      secrets: [written(secretName, ['a.io'], { version: 'v0' }), written(`${secretName}-1`, ['b.io'])],
    });
    const pending = desired({ secrets: [wanted(secretName, 'a.io', 'b.io')], renewalPendingUntil: now + 1000 });
    assert.deepEqual(steps({ observation: moved, desired: pending }), []);
  });

  it('lets a Secret go whose hosts nobody wants any more, whatever else is held back', () => {
    const gone = written(domainSecretName('c.io'), ['c.io']);
    const taken = observation({ secrets: [gone, secret({ name: nameB, managedBy: 'helm' })] });
    assert.deepEqual(steps({ observation: taken, desired: perDomain }), [
      `create-secret ${nameA}`,
      `delete-secret ${gone.name}`,
    ]);
  });
});

describe('Secrets that the original left under the names of the other mode', () => {
  const attached = account({ pullSecrets: ['theirs', nameA] });
  const here = observation({ accounts: [attached], secrets: [originals(nameA)] });
  const together = desired({ secrets: [wanted(secretName, 'a.io', 'b.io')] });
  const replaced = [
    `create-secret ${secretName}`,
    `attach default ${secretName}`,
    `detach default ${nameA}`,
    `delete-secret ${nameA}`,
  ];

  it('go with take-over, after ours are attached', () => {
    assert.deepEqual(steps({ observation: here, configuration: takeOver, desired: together }), replaced);
  });

  it('stay without take-over', () => {
    assert.deepEqual(steps({ observation: here, desired: together }), replaced.slice(0, 2));
  });

  it('are known by their label, too', () => {
    const labelled = originals(nameA, { managedBy: 'aliyun-acr-credential-helper', writtenBy: undefined });
    const observed = { ...here, secrets: [labelled] };
    assert.deepEqual(steps({ observation: observed, configuration: takeOver, desired: together }), replaced);
  });

  for (const [who, parts] of [
    ['a person wrote', { writtenBy: 'kubectl-create' }],
    ['several wrote', { writtenBy: undefined }],
    ['another program labelled', { managedBy: 'helm' }],
  ] as const) {
    it(`stay when ${who} them`, () => {
      const observed = { ...here, secrets: [originals(nameA, parts)] };
      const done = steps({ observation: observed, configuration: takeOver, desired: together });
      assert.deepEqual(done, replaced.slice(0, 2));
    });
  }

  it('stay while a credential is missing', () => {
    const waiting = desired({ ...together, awaited: [{ sourceId: 'source-b' }] });
    const done = steps({ observation: here, configuration: takeOver, desired: waiting });
    assert.deepEqual(done, replaced.slice(0, 2));
  });

  it('stay when they are for a host that ours do not serve', () => {
    const other = domainSecretName('c.io');
    const observed = observation({ accounts: [account({ pullSecrets: [other] })], secrets: [originals(other)] });
    const done = steps({ observation: observed, configuration: takeOver, desired: together });
    assert.deepEqual(done, replaced.slice(0, 2));
  });

  it('stay, detached from the accounts that are selected, while another account refers to them', () => {
    const observed = { ...here, accounts: [attached, account({ name: 'web', pullSecrets: [nameA] })] };
    const onlyDefault = configuration({ takeOver: true, accounts: { include: ['default'], exclude: [] } });
    const done = steps({ observation: observed, configuration: onlyDefault, desired: together });
    assert.deepEqual(done, replaced.slice(0, 3));
  });

  it('stay when accounts are left alone', () => {
    const alone = configuration({ takeOver: true, attach: false });
    const done = steps({ observation: here, configuration: alone, desired: together });
    assert.deepEqual(done, replaced.slice(0, 1));
  });

  it('go too when they are the aggregated ones, once every host has a Secret of its own', () => {
    const observed = observation({
      accounts: [account({ pullSecrets: [secretName] })],
      secrets: [originals(secretName)],
    });
    const apart = desired({ secrets: [wanted(nameA, 'a.io'), wanted(nameB, 'b.io')] });
    assert.deepEqual(steps({ observation: observed, configuration: takeOver, desired: apart }).slice(2), [
      `attach default ${nameA} ${nameB}`,
      `detach default ${secretName}`,
      `delete-secret ${secretName}`,
    ]);
  });
});
