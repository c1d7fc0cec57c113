import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { Happening } from '../../common/domain/happening.ts';
import type { ObservedConfigMap, WatchEvent } from '../../common/ports/cluster-watcher.ts';
import type { LastGood } from '../../common/ports/own-secrets.ts';
import { account, namespace, now, secret, secretName } from '../../tests/fixtures/values.ts';
import { watchConfiguration } from './watch-configuration.ts';

type Data = Readonly<Record<string, string>>;

const one: Data = { 'watch-namespace': 'all', 'acr-registry-info': '- instanceId: cri-a\n  regionId: cn-hangzhou' };
const two: Data = { ...one, 'acr-registry-info': '- instanceId: cri-b\n  regionId: cn-hangzhou' };
const broken: Data = { 'watch-namespace': 'a b', 'acr-registry-info': '- instanceId: [' };
const ofOwnRegion: Data = { 'acr-registry-info': '- instanceId: cri-a' };

describe('watchConfiguration', () => {
  let configurations: ReturnType<typeof createMemoryConfigurationStore>;
  let observations: ReturnType<typeof createMemoryObservationStore>;
  let happenings: Happening[];
  let published: string[];
  let kept: LastGood[];
  let lastGood: LastGood | undefined;
  let readLastGood: () => Promise<LastGood | undefined>;
  let findRegion: () => Promise<string>;

  beforeEach(async () => {
    configurations = createMemoryConfigurationStore();
    observations = createMemoryObservationStore();
    await observations.markListed('secrets', 0);
    await observations.markListed('everything', 0);
    happenings = [];
    published = [];
    kept = [];
    lastGood = undefined;
    readLastGood = async () => lastGood;
    findRegion = async () => 'cn-hangzhou';
  });

  /** Shows these contents of the ConfigMap one after the other (`undefined`: there is none), and ends. */
  async function watch(...contents: readonly (Data | undefined)[]): Promise<void> {
    await watchEvents(contents.map((data, index) => ({ data, resourceVersion: String(index) })));
  }

  async function watchEvents(items: readonly ObservedConfigMap[]): Promise<void> {
    async function* events(): AsyncGenerator<WatchEvent<ObservedConfigMap>> {
      for (const item of items) yield { type: 'changed', items: [item] };
    }
    await watchConfiguration({
      cluster: { watchConfigMap: events },
      configMap: { namespace: 'kube-system', name: 'acr-configuration' },
      regions: { findRegion },
      configurations,
      observations,
      lastGood: {
        read: () => readLastGood(),
        keep: (good) => void kept.push(good),
        flush: async () => undefined,
      },
      bus: { publish: async (name) => void published.push(name) },
      report: (happening) => void happenings.push(happening),
      clock: () => now,
      signal: new AbortController().signal,
    });
  }

  async function instance(): Promise<string | undefined> {
    return (await configurations.read())?.configuration.registries[0]?.instanceId;
  }

  function kinds(): readonly string[] {
    return happenings.map(({ kind }) => kind).filter((kind) => kind !== 'configuration-seen');
  }

  it('puts a valid content in force, has credentials taken back or fetched, and every namespace named', async () => {
    await watch(one);
    assert.equal(await instance(), 'cri-a');
    assert.deepEqual(published.slice(0, 2), ['credential.restore', 'namespace.sync-all']);
    assert.deepEqual(kinds(), ['configuration-accepted']);
  });

  it('takes a change over without a restart', async () => {
    await watch(one, two);
    assert.equal(await instance(), 'cri-b');
  });

  it('does nothing for the same content, in whichever order its keys come', async () => {
    await watch(one, Object.fromEntries(Object.entries(one).toReversed()));
    assert.deepEqual(kinds(), ['configuration-accepted']);
  });

  it('keeps the last good one when an edit is broken, and reports every problem of it', async () => {
    await watch(one, broken);
    assert.equal(await instance(), 'cri-a');
    const refused = happenings.findLast(({ kind }) => kind === 'configuration-refused');
    assert.ok(refused?.kind === 'configuration-refused');
    assert.equal(refused.keepsLastGood, true);
    assert.ok(refused.problems.length >= 2);
  });

  it('keeps the last good one when the ConfigMap is deleted', async () => {
    await watch(one, undefined);
    assert.equal(await instance(), 'cri-a');
    assert.deepEqual(kinds(), ['configuration-accepted', 'configuration-missing']);
  });

  it('goes by the last good one of the time before a restart when there is nothing better', async () => {
    lastGood = { version: 'old', data: two };
    await watch(broken);
    assert.equal(await instance(), 'cri-b');
  });

  it('has what it took over kept for after a restart', async () => {
    await watch(one, broken);
    assert.deepEqual(
      kept.map(({ data }) => data),
      [one],
    );
  });

  it('looks at what is under binaryData', async () => {
    await watchEvents([{ data: one, binaryData: { rrsa: '/////w==' }, resourceVersion: '1' }]);
    assert.deepEqual(kinds(), ['configuration-refused']);
  });

  it('says that what is in force is in force again, after a broken edit', async () => {
    await watch(one, broken);
    happenings = [];
    await watch(broken, one);
    const accepted = happenings.findLast(({ kind }) => kind === 'configuration-accepted');
    assert.ok(accepted?.kind === 'configuration-accepted' && accepted.changed);
  });

  it('says of a content that is in force already that nothing changed', async () => {
    await watch(one);
    happenings = [];
    await watch(one);
    const accepted = happenings.find(({ kind }) => kind === 'configuration-accepted');
    assert.ok(accepted?.kind === 'configuration-accepted' && !accepted.changed);
  });

  it('takes the cluster for the same when its ConfigMap is created anew', async () => {
    await watchEvents([
      { uid: 'uid-1', data: one, resourceVersion: '1' },
      { uid: 'uid-2', data: two, resourceVersion: '2' },
    ]);
    assert.equal((await configurations.read())?.clusterId, 'uid-1');
  });

  it('tells Events of which object they are when it was created anew with the same content', async () => {
    const items = ['uid-1', 'uid-2'].map((uid) => ({ uid, data: one, resourceVersion: uid }));
    await watchEvents(items);
    assert.deepEqual(
      happenings.flatMap((happening) => (happening.kind === 'configuration-seen' ? [happening.uid] : [])),
      ['uid-1', 'uid-2'],
    );
  });

  it('waits for the cluster’s own region where an entry names none', async () => {
    await watch(ofOwnRegion);
    assert.equal((await configurations.read())?.localRegion, 'cn-hangzhou');
  });

  it('waits for no region where every entry names one', async () => {
    findRegion = () => new Promise(() => undefined);
    await watch(one);
    assert.equal(await instance(), 'cri-a');
  });

  it('puts the configuration in force anew when the region is found later', async () => {
    let found: (region: string) => void = () => undefined;
    findRegion = () =>
      new Promise((resolve) => {
        found = resolve;
      });
    await watch(one);
    found('cn-beijing');
    await new Promise(setImmediate);
    assert.equal((await configurations.read())?.localRegion, 'cn-beijing');
  });

  describe('of a change that would detach most of the cluster', () => {
    const elsewhere: Data = { ...one, 'watch-namespace': 'elsewhere' };

    beforeEach(async () => {
      const attached = account({ pullSecrets: [secretName] });
      await observations.observe([
        { kind: 'namespace', namespace: 'shop', resourceVersion: '10', state: namespace() },
        { kind: 'account', namespace: 'shop', name: 'default', resourceVersion: '11', state: attached },
        { kind: 'secret', namespace: 'shop', name: secretName, resourceVersion: '12', state: secret() },
      ]);
      observations = { ...observations, listed: async () => 1 };
    });

    async function inForceFor(items: readonly ObservedConfigMap[]): Promise<unknown> {
      await watchEvents(items);
      return (await configurations.read())?.configuration.namespaces.include;
    }

    it('keeps the last good one and says which hash confirms it', async () => {
      const items = [one, elsewhere].map((data, index) => ({ data, resourceVersion: String(index) }));
      assert.deepEqual(await inForceFor(items), ['*']);
      assert.ok(happenings.some((happening) => happening.kind === 'configuration-held-back'));
    });

    it('keeps it also right after a first start, when there was nothing of ours yet', async () => {
      observations = { ...observations, listed: async (what) => (what === 'secrets' ? 0 : 1) };
      const items = [one, elsewhere].map((data, index) => ({ data, resourceVersion: String(index) }));
      assert.deepEqual(await inForceFor(items), ['*']);
    });

    it('does not take the confirmation of another content for it', async () => {
      await watchEvents([{ data: elsewhere, resourceVersion: '1' }]);
      const heldBack = happenings.find((happening) => happening.kind === 'configuration-held-back');
      const other = { ...one, 'watch-namespace': 'somewhere' };
      await watchEvents([{ data: other, resourceVersion: '2', confirm: heldBack?.hash }]);
      assert.equal(await configurations.read(), undefined);
    });

    it('judges nothing after a restart with the content that was in force before', async () => {
      await watchEvents([{ data: elsewhere, resourceVersion: '1' }]);
      const heldBack = happenings.find((happening) => happening.kind === 'configuration-held-back');
      lastGood = { version: heldBack?.hash ?? '', data: elsewhere };
      assert.deepEqual(await inForceFor([{ data: elsewhere, resourceVersion: '2' }]), ['elsewhere']);
    });

    it('judges an edit although the last good one cannot be read', async () => {
      readLastGood = () => Promise.reject(new Failure('kubernetes-forbidden', 'no'));
      assert.deepEqual(await inForceFor([{ data: one, resourceVersion: '1' }]), ['*']);
      assert.ok(happenings.some(({ kind }) => kind === 'message-failed'));
    });

    it('takes it over with the annotation that confirms it', async () => {
      await watchEvents([{ data: elsewhere, resourceVersion: '1' }]);
      const heldBack = happenings.find((happening) => happening.kind === 'configuration-held-back');
      const confirmed = { data: elsewhere, resourceVersion: '2', confirm: heldBack?.hash };
      assert.deepEqual(await inForceFor([confirmed]), ['elsewhere']);
    });
  });
});
