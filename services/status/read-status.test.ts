import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { Failure } from '../../common/domain/failure.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import type { Status } from '../../common/domain/status/status.ts';
import { parseSettings } from '../../common/runtime/settings.ts';
import { configuration, credential, namespace, now, registry } from '../../tests/fixtures/values.ts';
import { Health } from '../health.ts';
import { readStatus, type StatusTools } from './read-status.ts';
import { RecentActivity } from './recent-activity.ts';
import { shareStatus } from './status-answers.ts';

const canary = 'canary-that-must-not-be-seen';

describe('readStatus', () => {
  let tools: StatusTools;

  beforeEach(() => {
    tools = {
      settings: parseSettings({}, {}),
      clock: () => now,
      bus: {
        depths: () => Promise.resolve([{ queue: 'b', waiting: 1, active: 0, delayed: 0, oldestAgeSeconds: 2 }]),
      } as unknown as StatusTools['bus'],
      configurations: createMemoryConfigurationStore(),
      observations: createMemoryObservationStore(),
      credentials: createMemoryCredentialStore(),
      health: new Health(),
      activity: new RecentActivity(() => now),
      startedAt: now,
    };
  });

  it('says that no configuration is in force before there is one', async () => {
    const status = await readStatus(false, tools);
    assert.equal(status.headline.level, 'bad');
    assert.deepEqual(status.queues, [{ queue: 'b', waiting: 1, active: 0, delayed: 0, oldestAgeSeconds: 2 }]);
  });

  it('tells of credentials and namespaces from the stores alone, and holds no secret', async () => {
    const identity = { kind: 'access-key', accessKeyId: 'LTAI', accessKeySecret: new SecretText(canary) } as const;
    const given = configuration({ registries: [registry({ identity })] });
    const [sourceId = ''] = resolveRegistries({ configuration: given }).sources.keys();
    await tools.configurations.write({ configuration: given, version: 'v1' });
    await tools.credentials.write({ sourceId, credential: credential({ sourceId, password: new SecretText(canary) }) });
    const state = namespace();
    await tools.observations.observe([{ kind: 'namespace', namespace: 'shop', resourceVersion: '1', state }]);
    await tools.observations.markListed('everything', 1);
    const status = await readStatus(false, tools);
    assert.equal(status.credentials[0]?.state, 'fresh');
    assert.deepEqual(
      status.coverage.rows.map(({ name, state: how }) => [name, how]),
      [['shop', 'secret-missing']],
    );
    assert.equal(status.configuration.inForce?.version, 'v1');
    assert.doesNotMatch(JSON.stringify(status), new RegExp(canary));
  });

  it('says why a credential that is awaited is not there', async () => {
    const given = configuration();
    const [sourceId = ''] = resolveRegistries({ configuration: given }).sources.keys();
    await tools.configurations.write({ configuration: given, version: 'v1' });
    const failure = {
      code: 'cloud-access-denied',
      message: 'NoPermission',
      hint: 'h',
      at: now,
      attempts: 1,
      nextAttemptAt: now,
    } as const;
    await tools.credentials.write({ sourceId, failure });
    await tools.observations.observe([
      { kind: 'namespace', namespace: 'shop', resourceVersion: '1', state: namespace() },
    ]);
    const { coverage } = await readStatus(false, tools);
    assert.deepEqual(coverage.rows[0]?.reasons, ['no credential of cri-a: NoPermission']);
  });
});

describe('recent activity', () => {
  it('keeps what became of the latest edit, and since when a version is in force', () => {
    let at = 1000;
    const activity = new RecentActivity(() => at);
    activity.note({ kind: 'configuration-accepted', version: 'v1', registries: 1, warnings: ['w'], changed: true });
    at = 2000;
    activity.note({ kind: 'configuration-refused', problems: ['p'], keepsLastGood: true });
    assert.deepEqual(activity.latestEdit(), { at: 2000, state: 'refused', problems: ['p'], keepsLastGood: true });
    assert.equal(activity.inForceSince('v1'), 1000);
    assert.equal(activity.inForceSince('v2'), undefined);
  });

  it('counts by the minute, and forgets', () => {
    let at = 60_000;
    const activity = new RecentActivity(() => at);
    activity.note({ kind: 'write-conflicted', namespace: 'a', action: 'attach' });
    const failure = new Failure('cloud-throttled', 'slow down');
    activity.note({ kind: 'message-failed', message: 'm', key: 'k', failure });
    assert.deepEqual(activity.apiUse(), { writesPerMinute: 0, conflictsPerMinute: 1, throttledPerMinute: 1 });
    at = 180_001;
    assert.deepEqual(activity.apiUse(), { writesPerMinute: 0, conflictsPerMinute: 0, throttledPerMinute: 0 });
  });
});

describe('shareStatus', () => {
  it('makes one status for all who ask within a second, and a new one afterwards', async () => {
    let at = 0;
    let made = 0;
    const ask = shareStatus(
      () => Promise.resolve({ at: ++made } as Status),
      () => at,
    );
    await Promise.all([ask(false), ask(false)]);
    at = 900;
    await ask(false);
    assert.equal(made, 1);
    at = 1100;
    await ask(false);
    assert.equal(made, 2);
  });

  it('does not keep a failure', async () => {
    let made = 0;
    const ask = shareStatus(
      () => (++made === 1 ? Promise.reject(new Error('redis is gone')) : Promise.resolve({ at: 1 } as Status)),
      () => 0,
    );
    await assert.rejects(ask(false), /redis is gone/);
    assert.equal((await ask(false)).at, 1);
  });
});
