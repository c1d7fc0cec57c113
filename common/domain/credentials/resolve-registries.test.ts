import assert from 'node:assert/strict';
import { configuration, registry } from '../../../tests/fixtures/values.ts';
import type { RegistryEntry } from '../configuration/configuration.ts';
import { resolveRegistries, type ResolvedRegistries } from './resolve-registries.ts';
import { SecretText } from '../secret-text.ts';

function resolve(registries: readonly RegistryEntry[], localRegion?: string): ResolvedRegistries {
  return resolveRegistries({ configuration: configuration({ registries }), localRegion });
}

function ids(registries: readonly RegistryEntry[]): readonly (string | undefined)[] {
  return resolve(registries).entries.map(({ sourceId }) => sourceId);
}

function withKey(secret: string): RegistryEntry {
  return registry({ identity: { kind: 'access-key', accessKeyId: 'LTAI', accessKeySecret: new SecretText(secret) } });
}

describe('resolveRegistries', () => {
  it('shares one source between entries that differ only in domains', () => {
    assert.equal(resolve([registry(), registry({ index: 1, domains: ['x.io'] })]).sources.size, 1);
  });

  it('discovers domains when one of these entries lists none', () => {
    const { sources } = resolve([registry(), registry({ index: 1, domains: undefined })]);
    assert.deepEqual(
      [...sources.values()].map((source) => source.kind === 'registry' && source.discoverDomains),
      [true],
    );
  });

  it('gives another source to another instance, region or identity', () => {
    const all = ids([
      registry(),
      registry({ instanceId: 'cri-b' }),
      registry({ regionId: 'cn-beijing' }),
      withKey('one'),
      withKey('two'),
      registry({
        identity: {
          kind: 'assumed-role',
          roleArn: 'acs:ram::1:role/r',
          sessionSeconds: 3600,
          base: { kind: 'cluster-role' },
        },
      }),
    ]);
    assert.equal(new Set(all).size, all.length);
  });

  it('gives another source to what must be discovered, which a credential for listed domains does not know', () => {
    const all = ids([registry({ domains: undefined })]);
    const custom = ids([registry({ domains: ['registry.example.com'] })]);
    const more = ids([registry({ domains: ['registry.example.com', 'second.example.com'] })]);
    assert.equal(new Set([...ids([registry()]), ...all, ...custom, ...more]).size, 4);
  });

  it('gives the same source the same id in every release: Secrets in clusters hold it', () => {
    assert.deepEqual(ids([registry()]), ['56aee4021ec6f63d']);
  });

  it('takes the cluster’s own region for an entry without one, and no source while that is unknown', () => {
    const entry = registry({ regionId: undefined });
    const [source] = resolve([entry], 'cn-beijing').sources.values();
    assert.equal(source?.kind === 'registry' && source.regionId, 'cn-beijing');
    assert.equal(resolve([entry]).entries[0]?.sourceId, undefined);
  });

  it('puts sources of one region and account into one pool', () => {
    const { sources } = resolve([registry(), registry({ instanceId: 'cri-b' }), withKey('one')]);
    const pools = [...sources.values()].map(({ pool }) => pool);
    assert.deepEqual(pools.slice(0, 2), ['cn-hangzhou.cluster', 'cn-hangzhou.cluster']);
    assert.match(pools[2] ?? '', /^cn-hangzhou\.key-[0-9a-f]{8}$/);
  });

  it('names the pool of a key pair the same in every process, without the id of the key', () => {
    const { sources } = resolve([withKey('one')]);
    assert.deepEqual(
      [...sources.values()].map(({ pool }) => pool),
      ['cn-hangzhou.key-3b0e043b'],
    );
  });

  it('reads a mirrored docker config once, however many entries and namespaces name it', () => {
    const mirrors = [0, 1].map((index) => ({
      index,
      secretName: 'other',
      namespaces: { include: ['a'], exclude: [] },
    }));
    const { entries, sources } = resolveRegistries({ configuration: configuration({ registries: [], mirrors }) });
    assert.deepEqual(
      [...sources.values()].map(({ kind, pool }) => [kind, pool]),
      [['mirror', 'mirror']],
    );
    assert.equal(entries.length, 2);
  });

  it('keeps the order of the list between registries and mirrors: it decides who has a host first', () => {
    const registries = [registry({ index: 0 }), registry({ index: 2 })];
    const { entries } = resolveRegistries({
      configuration: configuration({ registries, mirrors: [{ index: 1, secretName: 'other' }] }),
    });
    assert.deepEqual(
      entries.map(({ entry }) => entry.index),
      [0, 1, 2],
    );
  });
});
