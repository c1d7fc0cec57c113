import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import type { Configuration } from '../../common/domain/configuration/configuration.ts';
import { domainSecretName } from '../../common/domain/namespaces/secret-naming.ts';
import type { ObservationStore } from '../../common/ports/stores.ts';
import { configuration, registry, secret, secretName } from '../../tests/fixtures/values.ts';
import { waitUntil } from '../../tests/real-parts/wait-until.ts';
import { dropUnusedNames, followSecretNames, namesFor, type FollowSecretNamesTools } from './follow-secret-names.ts';
import { WatchedNames } from './watched-names.ts';

const [a, b, old] = ['a.io', 'b.io', 'old.io'].map(domainSecretName) as [string, string, string];
const perDomain: Partial<Configuration> = {
  secretNaming: 'per-domain',
  registries: [registry({ domains: undefined })],
};

describe('followSecretNames', () => {
  let hosts: readonly string[];
  let kept: Set<string>;
  let stop: AbortController;
  let names: WatchedNames;
  let observations: ObservationStore;
  let tools: FollowSecretNamesTools;

  beforeEach(() => {
    hosts = [];
    kept = new Set();
    stop = new AbortController();
    names = new WatchedNames([secretName]);
    observations = createMemoryObservationStore();
    tools = {
      configurations: createMemoryConfigurationStore(),
      observations,
      knownHosts: { readHosts: async (ids) => new Map(ids.map((id) => [id, hosts])) },
      keeper: {
        keep: (more) => more.forEach((name) => kept.add(name)),
        drop: (less) => less.forEach((name) => kept.delete(name)),
      },
      names,
      secretName,
      onConfiguration: () => () => undefined,
      signal: stop.signal,
    };
  });

  afterEach(() => stop.abort());

  async function follow(parts: Partial<Configuration>): Promise<void> {
    const inForce = { configuration: configuration(parts), version: 'c1' };
    tools = { ...tools, configurations: { read: async () => inForce } };
    followSecretNames(tools).catch(() => undefined);
  }

  it('adds the names of hosts as soon as the registries have named them, and keeps them', async () => {
    await follow(perDomain);
    hosts = ['a.io', 'b.io'];
    await waitUntil('the names', 10, async () => (names.all().length === 3 ? true : undefined));
    assert.deepEqual(names.all(), [secretName, a, b]);
    assert.deepEqual([...kept], [a, b]);
  });

  it('asks for no hosts and keeps no name where all Secrets have the first name', async () => {
    const asked: unknown[] = [];
    const knownHosts = { readHosts: async (ids: readonly string[]) => (asked.push(ids), new Map<string, string[]>()) };
    const inForce = { configuration: configuration(), version: 'c1' };
    assert.deepEqual(await namesFor(inForce, { knownHosts, secretName }), [secretName]);
    assert.deepEqual(asked, []);
  });

  describe('a name that nothing wants any more', () => {
    beforeEach(async () => {
      names = new WatchedNames([secretName, a, old]);
      names.markListed(old);
      tools = { ...tools, names };
      kept.add(old);
    });

    async function observeSecret(parts: Parameters<typeof secret>[0] = {}): Promise<void> {
      const state = secret({ name: old, ...parts });
      const change = { kind: 'secret', namespace: 'shop', name: old, resourceVersion: '12', state } as const;
      await observations.observe([change]);
    }

    it('is dropped when no Secret of ours is left under it', async () => {
      await observations.markListed('everything', 0);
      await observeSecret({ managedBy: 'helm' });
      await dropUnusedNames([a], tools);
      assert.deepEqual([names.all(), [...kept]], [[secretName, a], []]);
    });

    it('is watched on while there is one', async () => {
      await observations.markListed('everything', 0);
      await observeSecret();
      await dropUnusedNames([a], tools);
      assert.deepEqual([names.all(), [...kept]], [[secretName, a, old], [old]]);
    });

    it('is watched on until the cluster was listed', async () => {
      await dropUnusedNames([a], tools);
      assert.deepEqual(names.all(), [secretName, a, old]);
    });
  });
});
