import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import { createMemoryPoolBudget } from '../../common/adapters/memory/pool-budget.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { Metrics } from '../../common/runtime/metrics.ts';
import { configuration, credential, now, registry } from '../../tests/fixtures/values.ts';
import { exposeCredentials } from './expose-credentials.ts';

const registries = [registry(), registry({ index: 1, instanceId: 'cri-b' })];
const both = { configuration: configuration({ registries }), version: 'c1' };
const one = { configuration: configuration({ registries: registries.slice(0, 1) }), version: 'c2' };
const [a, b] = [...resolveRegistries(both).sources.values()];

describe('exposeCredentials', () => {
  let time: number;
  let metrics: Metrics;
  let configurations: ReturnType<typeof createMemoryConfigurationStore>;
  let credentials: ReturnType<typeof createMemoryCredentialStore>;
  let budget: ReturnType<typeof createMemoryPoolBudget>;

  beforeEach(async () => {
    time = now + 1000;
    metrics = new Metrics();
    configurations = createMemoryConfigurationStore();
    credentials = createMemoryCredentialStore();
    budget = createMemoryPoolBudget({ clock: () => time, random: () => 0.5 });
    exposeCredentials({ metrics, configurations, credentials, budget, clock: () => time });
    await configurations.write(both);
    await credentials.write({ sourceId: a?.id ?? '', credential: credential({ sourceId: a?.id ?? '' }) });
  });

  it('says until when each credential works, and from when on it is to be renewed', async () => {
    const text = await metrics.text();
    assert.match(text, new RegExp(`expiration_timestamp_seconds{[^}]*cri-a[^}]*} ${(now + 3_600_000) / 1000}$`, 'm'));
    assert.match(text, new RegExp(`renewal_due_timestamp_seconds{[^}]*cri-a[^}]*} ${(now + 2_400_000) / 1000}$`, 'm'));
  });

  it('counts credentials by state', async () => {
    assert.match(await metrics.text(), /credentials{state="fresh"} 1\n.*"due"} 0\n.*"expired"} 0\n.*"missing"} 1/);
    time = now + 3_000_000;
    assert.match(await metrics.text(), /credentials{state="fresh"} 0\n.*"due"} 1\n/);
    time = now + 3_600_000;
    assert.match(await metrics.text(), /credentials{state="expired"} 1/);
  });

  it('forgets the series of a registry that is no longer configured', async () => {
    await credentials.write({ sourceId: b?.id ?? '', credential: credential({ sourceId: b?.id ?? '' }) });
    assert.match(await metrics.text(), /cri-b/);
    await configurations.write(one);
    assert.doesNotMatch(await metrics.text(), /cri-b/);
  });

  it('makes a few series for each registry: fifty of them, all in trouble, stay far below the bound of 5,000', async () => {
    const fifty = Array.from({ length: 50 }, (_item, index) => registry({ index, instanceId: `cri-${index}` }));
    const many = { configuration: configuration({ registries: fifty }), version: 'c3' };
    await configurations.write(many);
    for (const { id: sourceId } of resolveRegistries(many).sources.values()) {
      const failure = { message: 'no', hint: 'no', at: now, attempts: 3, nextAttemptAt: now + 1000 };
      await credentials.write({
        sourceId,
        credential: credential({ sourceId }),
        failure: { code: 'cloud-throttled', ...failure },
      });
    }
    const series = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    assert.ok(series.length > 150 && series.length < 500, `${series.length} series`);
  });

  it('says what keeps fetches away from a pool', async () => {
    assert.match(await metrics.text(), /pool_blocked{pool="[^"]+",reason="throttled"} 0/);
    await budget.settle(a?.pool ?? '', { kind: 'throttled', retryAfterSeconds: 30 });
    assert.match(await metrics.text(), /pool_blocked{pool="[^"]+",reason="throttled"} 1/);
  });
});
