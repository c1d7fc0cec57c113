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
import type { Configuration } from '../configuration/configuration.ts';
import { resolveRegistries } from '../credentials/resolve-registries.ts';
import type { NamespaceObservation } from '../namespaces/observation.ts';
import { changeOf, countDetachment, isHeldBack, type Detachment } from './configuration-change.ts';

const host = 'a-registry.cn-hangzhou.cr.aliyuncs.com';

/** The annotation of a Secret that holds these hosts of the first registry of the configuration. */
function sourcesOf(of: Configuration, hosts: readonly string[] = [host], expiresAt = now + 60_000): string {
  const [id] = resolveRegistries({ configuration: of }).sources.keys();
  const [issued, expires] = [now - 60_000, expiresAt].map((at) => new Date(at).toISOString());
  return JSON.stringify([{ id, hosts, discovered: true, issuedAt: issued, expiresAt: expires }]);
}

function attachedIn(name: string, accounts: number, sources?: string): NamespaceObservation {
  return observation({
    name,
    namespace: namespace({ name }),
    accounts: Array.from({ length: accounts }, (_item, index) =>
      account({ name: `account-${index}`, pullSecrets: ['theirs', secretName] }),
    ),
    secrets: [secret({ sources })],
  });
}

const cluster = [attachedIn('shop', 3), attachedIn('bank', 1), observation({ name: 'other', accounts: [account()] })];

function judged(
  next: Configuration,
  observations: readonly NamespaceObservation[],
  before: Configuration | undefined = next,
): Detachment {
  const change = changeOf({ configuration: next }, before === undefined ? undefined : { configuration: before });
  return countDetachment(change, observations, now);
}

const nothing = { detached: 0, loggedOut: 0 };

describe('a change of the configuration', () => {
  it('detaches nothing when everything stays selected', () => {
    assert.deepEqual(judged(configuration(), cluster), { attached: 4, ...nothing });
  });

  it('detaches the accounts of a namespace that leaves the selection', () => {
    const only = configuration({ namespaces: { include: ['bank'], exclude: [] } });
    assert.deepEqual(judged(only, cluster), { ...nothing, attached: 4, detached: 3 });
  });

  it('detaches accounts that leave the selection', () => {
    const only = configuration({ accounts: { include: ['account-0'], exclude: [] } });
    assert.deepEqual(judged(only, cluster), { ...nothing, attached: 4, detached: 2 });
  });

  it('detaches a namespace that no registry is meant for any more', () => {
    const registries = [registry({ namespaces: { include: ['bank'], exclude: [] } })];
    assert.deepEqual(judged(configuration({ registries }), cluster), { ...nothing, attached: 4, detached: 3 });
  });

  it('detaches no account that leaves the selection when accounts are left alone', () => {
    const alone = configuration({ attach: false, accounts: { include: ['nobody'], exclude: [] } });
    assert.deepEqual(judged(alone, cluster), { attached: 4, ...nothing });
  });

  it('takes the Secret from accounts that are left alone when their namespace leaves the selection', () => {
    const alone = configuration({ attach: false, namespaces: { include: ['bank'], exclude: [] } });
    assert.equal(judged(alone, cluster).detached, 3);
  });

  it('takes the Secret from pods that name it themselves when their namespace leaves the selection', () => {
    const only = configuration({ namespaces: { include: ['bank'], exclude: [] } });
    const unattached = observation({ accounts: [account()], secrets: [secret()] });
    assert.deepEqual(judged(only, [unattached]), { ...nothing, attached: 1, detached: 1 });
  });

  it('does not count what goes anyway: what opted out, and what is being deleted', () => {
    const leaving = [
      observation({ namespace: namespace({ ignored: true }), secrets: [secret()] }),
      observation({ namespace: namespace({ terminating: true }), secrets: [secret()] }),
      observation({ accounts: [account({ ignored: true, pullSecrets: [secretName] })], secrets: [secret()] }),
    ];
    const none = configuration({ namespaces: { include: ['elsewhere'], exclude: [] } });
    assert.deepEqual(judged(none, leaving), { attached: 0, ...nothing });
  });

  it('does not count references to a Secret of somebody else', () => {
    const foreign = observation({
      accounts: [account({ pullSecrets: [secretName] })],
      secrets: [secret({ managedBy: 'helm' })],
    });
    assert.deepEqual(judged(configuration({ accounts: { include: [], exclude: [] } }), [foreign]), {
      attached: 0,
      ...nothing,
    });
  });

  it('is held back from more than half on, whether references or logins go', () => {
    assert.equal(isHeldBack({ attached: 4, detached: 1, loggedOut: 1 }, false), false);
    assert.equal(isHeldBack({ attached: 4, detached: 2, loggedOut: 1 }, false), true);
    assert.equal(isHeldBack({ attached: 0, detached: 0, loggedOut: 0 }, false), false);
  });

  it('is held back when one goes because the ConfigMap was emptied', () => {
    assert.equal(isHeldBack({ attached: 4, detached: 1, loggedOut: 0 }, true), true);
    assert.equal(isHeldBack({ attached: 4, detached: 0, loggedOut: 0 }, true), false);
  });

  describe('of registries', () => {
    const discovering = configuration({ registries: [registry({ domains: undefined })] });
    const served = [attachedIn('shop', 2, sourcesOf(discovering))];
    const withRegistry = (parts: Parameters<typeof registry>[0]): Configuration =>
      configuration({ registries: [registry({ domains: undefined, ...parts })] });

    it('logs out everybody who had nothing but the registry that was replaced', () => {
      assert.equal(judged(withRegistry({ instanceId: 'cri-b' }), served, discovering).loggedOut, 2);
    });

    it('logs out everybody when the Personal Edition takes the place of what there was', () => {
      const personal = withRegistry({ edition: 'personal', instanceId: '' });
      assert.equal(judged(personal, served, discovering).loggedOut, 2);
    });

    it('logs out everybody when the domains are replaced by others', () => {
      assert.equal(
        judged(withRegistry({ domains: ['b.cn-hangzhou.cr.aliyuncs.com'] }), served, discovering).loggedOut,
        2,
      );
    });

    it('logs out nobody whose domain another entry gives', () => {
      assert.equal(judged(withRegistry({ instanceId: 'cri-b', domains: [host] }), served, discovering).loggedOut, 0);
    });

    it('logs out nobody when another identity opens the same registry', () => {
      const key = withRegistry({ identity: { kind: 'rrsa', roleArn: 'role', oidcProviderArn: 'provider' } });
      assert.equal(judged(key, served, discovering).loggedOut, 0);
    });

    it('logs out nobody when a registry is added before the one that there was', () => {
      const registries = [registry({ instanceId: 'cri-b' }), registry({ domains: undefined, index: 1 })];
      assert.equal(judged(configuration({ registries }), served, discovering).loggedOut, 0);
    });

    it('logs out nobody who keeps another login that works', () => {
      const kept = attachedIn('shop', 1, sourcesOf(discovering, [host, 'b.io']));
      assert.equal(judged(withRegistry({ domains: ['b.io'] }), [kept], discovering).loggedOut, 0);
    });

    it('logs out nobody whose logins have expired', () => {
      const expired = attachedIn('shop', 2, sourcesOf(discovering, [host], now));
      assert.equal(judged(withRegistry({ instanceId: 'cri-b' }), [expired], discovering).loggedOut, 0);
    });

    it('gives a registry the benefit of the doubt where it is not known what was before', () => {
      const change = changeOf({ configuration: withRegistry({ instanceId: 'cri-b' }) }, undefined);
      assert.equal(countDetachment(change, served, now).loggedOut, 0);
    });
  });
});
