import assert from 'node:assert/strict';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import { configuration, credential, now, registry, secretName } from '../../tests/fixtures/values.ts';
import { DesiredSecretsCache } from './desired-secrets-cache.ts';

const hour = 3_600_000;
const onlyTeams = { include: ['team-*'], exclude: [] };
const entries = [
  registry({ domains: ['a.io'] }),
  registry({ index: 1, instanceId: 'cri-b', domains: ['b.io'], namespaces: onlyTeams }),
];
const inForce: ConfigurationInForce = { configuration: configuration({ registries: entries }), version: 'c1' };
const [idA = '', idB = ''] = resolveRegistries(inForce).sources.keys();

describe('DesiredSecretsCache', () => {
  let credentials: ReturnType<typeof createMemoryCredentialStore>;
  let cache: DesiredSecretsCache;

  beforeEach(async () => {
    credentials = createMemoryCredentialStore();
    cache = new DesiredSecretsCache({
      credentials,
      secretName,
      allowedHosts: ['a.io', 'b.io'],
      report: () => undefined,
    });
    await store(idA, 'token-a');
    await store(idB, 'token-b');
  });

  async function store(sourceId: string, password: string, issuedAt = now): Promise<void> {
    const parts = { sourceId, password: new SecretText(password), issuedAt, expiresAt: issuedAt + hour };
    await credentials.write({ sourceId, credential: credential(parts) });
  }

  async function hostsFor(namespace: string, changed = inForce, at = now): Promise<readonly string[]> {
    const { secrets } = await cache.forNamespace(namespace, changed, at);
    return secrets.flatMap(({ sources }) => sources.flatMap(({ hosts }) => hosts));
  }

  it('builds one body for all namespaces with the same registries', async () => {
    const [one, two] = [
      await cache.forNamespace('team-1', inForce, now),
      await cache.forNamespace('team-2', inForce, now),
    ];
    assert.equal(one, two);
  });

  it('gives each namespace only the registries that are meant for it', async () => {
    assert.deepEqual(await hostsFor('team-1'), ['a.io', 'b.io']);
    assert.deepEqual(await hostsFor('shop'), ['a.io']);
  });

  it('builds anew after a renewal', async () => {
    const before = await cache.forNamespace('shop', inForce, now);
    await store(idA, 'renewed', now + 1000);
    const after = await cache.forNamespace('shop', inForce, now + 1000);
    assert.notEqual(after.secrets[0]?.version, before.secrets[0]?.version);
  });

  it('builds anew when a credential expires, although nothing else has changed', async () => {
    await hostsFor('shop');
    assert.deepEqual(await hostsFor('shop', inForce, now + hour), []);
  });

  it('says that a renewal is under way from the moment at which it is asked for', async () => {
    await cache.forNamespace('shop', inForce, now);
    await credentials.markRequested([idA], now + 1000);
    const { renewalPendingUntil } = await cache.forNamespace('shop', inForce, now + 1000);
    assert.equal(renewalPendingUntil, now + 3000);
  });

  it('goes by another configuration as soon as it is in force', async () => {
    await hostsFor('shop');
    const other = configuration({ registries: entries.map((entry) => ({ ...entry, namespaces: undefined })) });
    assert.deepEqual(await hostsFor('shop', { configuration: other, version: 'c2' }), ['a.io', 'b.io']);
  });

  it('goes by the cluster’s own region as soon as it is known', async () => {
    const withoutRegion = configuration({ registries: [registry({ regionId: undefined, domains: ['a.io'] })] });
    const unknown = { configuration: withoutRegion, version: 'c3' };
    assert.deepEqual(await hostsFor('shop', unknown), []);
    assert.deepEqual(await hostsFor('shop', { ...unknown, localRegion: 'cn-hangzhou' }), ['a.io']);
  });
});
