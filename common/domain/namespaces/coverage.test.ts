import assert from 'node:assert/strict';
import {
  account,
  configuration,
  desired,
  namespace,
  now,
  observation,
  secret,
  secretName,
} from '../../../tests/fixtures/values.ts';
import { coverageOf, type CoverageState } from './coverage.ts';
import { planNamespace, type PlanInput } from './plan-namespace.ts';

const hosts = ['a-registry.cn-hangzhou.cr.aliyuncs.com'];
const matching = { accounts: [account({ pullSecrets: [secretName] })], secrets: [secret()] };

function stateOf(parts: Partial<PlanInput>): CoverageState | undefined {
  const input = {
    observation: observation(matching),
    configuration: configuration(),
    desired: desired(),
    secretName,
    now,
    ...parts,
  };
  return coverageOf(input.observation, input.configuration, planNamespace(input), now);
}

function sources(expiresAt: number): string {
  const times = { issuedAt: new Date(now - 1).toISOString(), expiresAt: new Date(expiresAt).toISOString() };
  return JSON.stringify([{ id: 'source-a', hosts, ...times }]);
}

describe('coverageOf', () => {
  it('is served when nothing is left to do', () => {
    assert.equal(stateOf({}), 'served');
  });

  it('says why a namespace is not served', () => {
    const taken = observation({ secrets: [secret({ managedBy: 'somebody' })] });
    assert.equal(stateOf({ observation: taken }), 'secret-of-another');
    assert.equal(stateOf({ desired: desired({ secrets: [], awaited: [{ sourceId: 'a' }] }) }), 'no-credential');
    assert.equal(stateOf({ observation: observation({ accounts: [account()] }) }), 'secret-missing');
    const unattached = observation({ ...matching, accounts: [account()] });
    assert.equal(stateOf({ observation: unattached }), 'account-unattached');
    const edited = observation({ ...matching, secrets: [secret({ ownsData: false })] });
    assert.equal(stateOf({ observation: edited }), 'secret-outdated');
  });

  it('is served by an old token for as long as it works', () => {
    const old = (expiresAt: number) =>
      stateOf({
        observation: observation({ ...matching, secrets: [secret({ version: 'v0', sources: sources(expiresAt) })] }),
      });
    assert.equal(old(now + 60_000), 'served');
    assert.equal(old(now), 'secret-outdated');
  });

  it('tells namespaces that are not selected from those that are gone', () => {
    const nobody = configuration({ namespaces: { include: ['other'], exclude: [] } });
    assert.equal(stateOf({ configuration: nobody }), 'not-selected');
    assert.equal(stateOf({ observation: observation({ namespace: namespace({ terminating: true }) }) }), undefined);
  });
});
