import assert from 'node:assert/strict';
import {
  account,
  configuration,
  namespace,
  now,
  observation,
  registry,
  secret,
  secretName,
} from '../../../tests/fixtures/values.ts';
import { resolveRegistries } from '../credentials/resolve-registries.ts';
import type { CredentialStatus } from '../status/status.ts';
import { explainNamespace, type ExplainInput, type Explanation } from './explain-namespace.ts';

const given = configuration();
const { entries } = resolveRegistries({ configuration: given });
const id = entries[0]?.sourceId ?? '';
const fresh: CredentialStatus = { sourceId: id, name: 'cri-a', state: 'fresh', hosts: [], expiresAt: now + 3600_000 };

function sources(expiresAt: number): string {
  const [issued, expires] = [now, expiresAt].map((at) => new Date(at).toISOString());
  return JSON.stringify([{ id, hosts: ['a.io'], discovered: false, issuedAt: issued, expiresAt: expires }]);
}

const attached = account({ pullSecrets: [secretName] });
const current = secret({ sources: sources(now + 3600_000) });

function explain(parts: Partial<ExplainInput> = {}): Explanation {
  return explainNamespace({
    observation: observation({ accounts: [attached], secrets: [current] }),
    account: 'default',
    configuration: given,
    entries,
    credentials: [fresh],
    wantedNames: [secretName],
    now,
    ...parts,
  });
}

describe('explainNamespace', () => {
  it('can pull when a Secret of ours holds a login that works and the account names it', () => {
    const { canPull, registries, secrets } = explain();
    assert.deepEqual([canPull, registries[0]?.inSecret, secrets[0]?.state], [true, secretName, 'matches']);
  });

  const states: readonly (readonly [string, Parameters<typeof secret>[0] | undefined, string, boolean])[] = [
    ['is missing', undefined, 'missing', false],
    ['holds an older credential than the helper, which still works', { sources: sources(now + 60_000) }, 'older', true],
    ['has expired', { sources: sources(now - 1000) }, 'expired', false],
    ['was changed by somebody else', { ...current, ownsData: false }, 'changed', false],
    ['is somebody else’s', { managedBy: 'helm', version: undefined, ownsData: false }, 'not-ours', false],
  ];
  for (const [what, parts, state, canPull] of states) {
    it(`says of a Secret that it ${what}`, () => {
      const secrets = parts === undefined ? [] : [secret(parts)];
      const explained = explain({ observation: observation({ accounts: [attached], secrets }) });
      assert.deepEqual([explained.secrets[0]?.state, explained.canPull], [state, canPull]);
    });
  }

  it('cannot pull without the reference', () => {
    const explained = explain({ observation: observation({ accounts: [account()], secrets: [current] }) });
    assert.deepEqual([explained.canPull, explained.references.missing], [false, ['default']]);
  });

  it('says nothing of Secrets and registries where the account is not selected', () => {
    const explained = explain({ configuration: configuration({ accounts: { include: ['web'], exclude: [] } }) });
    assert.deepEqual([explained.canPull, explained.registries, explained.secrets], [false, [], []]);
    assert.deepEqual(
      explained.selection.map(({ selected }) => selected),
      [true, false],
    );
  });

  it('leaves out registries that are meant for other namespaces', () => {
    const elsewhere = configuration({ registries: [registry({ namespaces: { include: ['pay'], exclude: [] } })] });
    const other = resolveRegistries({ configuration: elsewhere }).entries;
    assert.deepEqual(explain({ configuration: elsewhere, entries: other, wantedNames: [] }).registries, []);
  });

  it('needs every selected account where it is asked about the namespace as a whole', () => {
    const accounts = [attached, account({ name: 'late' })];
    const whole = observation({ namespace: namespace(), accounts, secrets: [current] });
    const explained = explain({ account: undefined, observation: whole });
    assert.deepEqual(
      [explained.canPull, explained.references],
      [false, { accounts: 2, attached: ['default'], missing: ['late'] }],
    );
  });
});
