import assert from 'node:assert/strict';
import {
  account,
  configuration,
  credential,
  desired,
  namespace,
  now,
  observation,
  record,
  registry,
  secret,
  secretName,
} from '../../../tests/fixtures/values.ts';
import { resolveRegistries } from '../credentials/resolve-registries.ts';
import { CoverageTally } from './coverage.ts';
import { credentialStatuses } from './credential-status.ts';
import { namespaceStatus, type NamespaceStatusInput } from './namespace-status.ts';
import type { CredentialStatus, NamespaceStatus } from './status.ts';

function statusOf(parts: Partial<NamespaceStatusInput> = {}): NamespaceStatus | undefined {
  return namespaceStatus({
    observation: observation({ accounts: [account({ pullSecrets: [secretName] })], secrets: [secret()] }),
    configuration: configuration(),
    desired: desired(),
    secretName,
    describeAwaited: () => 'no credential of cri-a yet',
    now,
    ...parts,
  });
}

describe('the status of a namespace', () => {
  it('is served when nothing is left to do', () => {
    assert.deepEqual(statusOf(), {
      name: 'shop',
      state: 'served',
      reasons: [],
      accounts: { selected: 1, attached: 1 },
    });
  });

  it('names accounts that lack the reference, and not all of many', () => {
    const accounts = ['a', 'b', 'c', 'd'].map((name) => account({ name }));
    assert.deepEqual(statusOf({ observation: observation({ accounts, secrets: [secret()] }) }), {
      name: 'shop',
      state: 'account-unattached',
      reasons: ['accounts without the reference: a, b, c and 1 more'],
      accounts: { selected: 4, attached: 0 },
    });
  });

  it('says which credential is awaited, and counts nobody as attached to what is not there', () => {
    assert.deepEqual(
      statusOf({
        observation: observation({ accounts: [account({ pullSecrets: [secretName] })] }),
        desired: desired({ secrets: [], awaited: [{ sourceId: 'source-a' }] }),
      }),
      {
        name: 'shop',
        state: 'no-credential',
        reasons: ['no credential of cri-a yet'],
        accounts: { selected: 1, attached: 0 },
      },
    );
  });

  it('says that a Secret is somebody else’s, and what to do', () => {
    const foreign = secret({ managedBy: 'helm', version: undefined, ownsData: false });
    const status = statusOf({ observation: observation({ accounts: [account()], secrets: [foreign] }) });
    assert.equal(status?.state, 'secret-of-another');
    assert.match(status?.reasons[0] ?? '', /is not ours: take-over: "true" adopts it/);
  });

  it('is served while a renewal is written, as long as the old login works', () => {
    const sources = JSON.stringify([
      {
        id: 'source-a',
        hosts: ['a-registry.cn-hangzhou.cr.aliyuncs.com'],
        issuedAt: new Date(now - 60_000).toISOString(),
        expiresAt: new Date(now + 60_000).toISOString(),
      },
    ]);
    const accounts = [account({ pullSecrets: [secretName] })];
    const old = observation({ accounts, secrets: [secret({ version: 'v0', sources })] });
    assert.deepEqual(statusOf({ observation: old })?.reasons, []);
  });

  it('is absent for a namespace that is going', () => {
    assert.equal(statusOf({ observation: observation({ namespace: namespace({ terminating: true }) }) }), undefined);
  });
});

describe('coverage', () => {
  const row = (name: string, state: NamespaceStatus['state']): NamespaceStatus => ({
    name,
    state,
    reasons: state === 'served' ? [] : ['because'],
    accounts: { selected: 1, attached: state === 'served' ? 1 : 0 },
  });

  it('counts all and shows only those that are not served', () => {
    const tally = new CoverageTally(false);
    for (const each of [row('b', 'secret-missing'), row('a', 'served'), row('c', 'secret-of-another')]) tally.add(each);
    const coverage = tally.result(true);
    assert.deepEqual(coverage.namespaces, { total: 3, selected: 3, served: 1, waiting: 1, leftAlone: 1 });
    assert.deepEqual(coverage.accounts, { selected: 3, attached: 1 });
    assert.deepEqual(
      coverage.rows.map(({ name }) => name),
      ['b', 'c'],
    );
  });

  it('shows at most 200 of many, and says how many more there are; everything when asked', () => {
    const [few, all] = [new CoverageTally(false), new CoverageTally(true)];
    for (let at = 0; at < 250; at++) {
      few.add(row(`ns-${at}`, 'secret-missing'));
      all.add(row(`ns-${at}`, 'served'));
    }
    assert.deepEqual([few.result(true).rows.length, few.result(true).more], [200, 50]);
    assert.deepEqual([all.result(true).rows.length, all.result(true).more], [250, 0]);
  });
});

describe('the status of a credential', () => {
  const resolved = resolveRegistries({
    configuration: configuration({ registries: [registry(), registry({ index: 1 })] }),
  });
  const [id = ''] = resolved.sources.keys();
  const failure = {
    code: 'cloud-throttled',
    message: 'm',
    hint: 'h',
    at: now,
    attempts: 1,
    nextAttemptAt: now + 5000,
  } as const;

  function statusesOf(parts: Parameters<typeof record>[0] | undefined): readonly CredentialStatus[] {
    const records = new Map(parts === undefined ? [] : [[id, record({ sourceId: id, ...parts })]]);
    return credentialStatuses({ resolved, records, rule: { thresholdSeconds: 900, spread: 0 }, now });
  }

  it('is one row for entries that share a source, with the moments of its life and no secret', () => {
    const [status, ...others] = statusesOf({});
    assert.equal(others.length, 0);
    assert.equal(status?.state, 'fresh');
    assert.deepEqual([status.expiresAt, status.renewsAt], [now + 3600_000, now + 2400_000]);
    assert.doesNotMatch(JSON.stringify(status), /token-a/);
  });

  const states: readonly (readonly [string, Parameters<typeof record>[0] | undefined, CredentialStatus['state']])[] = [
    ['never fetched', undefined, 'waiting'],
    ['never fetched, and failed', { credential: undefined, failure }, 'missing'],
    ['still good, and failed', { failure }, 'failing'],
    ['expired', { credential: credential({ expiresAt: now - 1 }) }, 'missing'],
  ];
  for (const [what, parts, state] of states) {
    it(`of one ${what} is ${state}`, () => assert.equal(statusesOf(parts)[0]?.state, state));
  }

  it('tells of an entry whose region nobody knows yet', () => {
    const unknown = resolveRegistries({
      configuration: configuration({ registries: [registry({ regionId: undefined })] }),
    });
    const rule = { thresholdSeconds: 900, spread: 0 };
    assert.deepEqual(credentialStatuses({ resolved: unknown, records: new Map(), rule, now }), [
      { name: 'cri-a', state: 'waiting', hosts: ['a-registry.cn-hangzhou.cr.aliyuncs.com'] },
    ]);
  });
});
