import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import type { Happening } from '../../common/domain/happening.ts';
import type { LastGood, ObservedConfigMap, WatchEvent } from '../../common/ports.ts';
import { account, namespace, secret, secretName } from '../../tests/fixtures/values.ts';
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
  let findRegion: () => Promise<string>;

  beforeEach(async () => {
    configurations = createMemoryConfigurationStore();
    observations = createMemoryObservationStore();
    await observations.markListed('secrets', 0);
    happenings = [];
    published = [];
    kept = [];
    lastGood = undefined;
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
        read: async () => lastGood,
        keep: (good) => void kept.push(good),
        flush: async () => undefined,
      },
      bus: { publish: async (name) => void published.push(name) },
      report: (happening) => void happenings.push(happening),
      signal: new AbortController().signal,
    });
  }

  async function instance(): Promise<string | undefined> {
    return (await configurations.read())?.configuration.registries[0]?.instanceId;
  }

  function kinds(): readonly string[] {
    return happenings.map(({ kind }) => kind);
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
    const [, refused] = happenings;
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

    it('takes it over with the annotation that confirms it', async () => {
      await watchEvents([{ data: elsewhere, resourceVersion: '1' }]);
      const heldBack = happenings.find((happening) => happening.kind === 'configuration-held-back');
      const confirmed = { data: elsewhere, resourceVersion: '2', confirm: heldBack?.hash };
      assert.deepEqual(await inForceFor([confirmed]), ['elsewhere']);
    });
  });
});
