import assert from 'node:assert/strict';
import {
  account,
  configuration,
  namespace,
  observation,
  registry,
  secret,
  secretName,
} from '../../../tests/fixtures/values.ts';
import { countDetachment, isHeldBack } from './configuration-change.ts';
import type { NamespaceObservation } from '../namespaces/observation.ts';

function attachedIn(name: string, accounts: number): NamespaceObservation {
  return observation({
    name,
    namespace: namespace({ name }),
    accounts: Array.from({ length: accounts }, (_item, index) =>
      account({ name: `account-${index}`, pullSecrets: ['theirs', secretName] }),
    ),
    secrets: [secret()],
  });
}

const cluster = [attachedIn('shop', 3), attachedIn('bank', 1), observation({ name: 'other', accounts: [account()] })];

describe('a change of the configuration', () => {
  it('detaches nothing when everything stays selected', () => {
    assert.deepEqual(countDetachment(configuration(), cluster), { attached: 4, detached: 0 });
  });

  it('detaches the accounts of a namespace that leaves the selection', () => {
    const only = configuration({ namespaces: { include: ['bank'], exclude: [] } });
    assert.deepEqual(countDetachment(only, cluster), { attached: 4, detached: 3 });
  });

  it('detaches accounts that leave the selection', () => {
    const only = configuration({ accounts: { include: ['account-0'], exclude: [] } });
    assert.deepEqual(countDetachment(only, cluster), { attached: 4, detached: 2 });
  });

  it('detaches a namespace that no registry is meant for any more', () => {
    const registries = [registry({ namespaces: { include: ['bank'], exclude: [] } })];
    assert.deepEqual(countDetachment(configuration({ registries }), cluster), { attached: 4, detached: 3 });
  });

  it('detaches nothing when accounts are left alone', () => {
    const alone = configuration({ attach: false, namespaces: { include: [], exclude: [] } });
    assert.deepEqual(countDetachment(alone, cluster), { attached: 4, detached: 0 });
  });

  it('does not count references to a Secret of somebody else', () => {
    const foreign = observation({
      accounts: [account({ pullSecrets: [secretName] })],
      secrets: [secret({ managedBy: 'helm' })],
    });
    assert.deepEqual(countDetachment(configuration({ accounts: { include: [], exclude: [] } }), [foreign]), {
      attached: 0,
      detached: 0,
    });
  });

  it('is held back from more than half on', () => {
    assert.equal(isHeldBack({ attached: 4, detached: 2 }), false);
    assert.equal(isHeldBack({ attached: 4, detached: 3 }), true);
    assert.equal(isHeldBack({ attached: 0, detached: 0 }), false);
  });
});
