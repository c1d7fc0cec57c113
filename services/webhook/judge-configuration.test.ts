import assert from 'node:assert/strict';
import { account, configuration, now, observation, secret, secretName } from '../../tests/fixtures/values.ts';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { parseConfigMap } from '../../common/domain/configuration/config-map-data.ts';
import { contentVersion } from '../../common/domain/configuration/content-version.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { NamespaceObservation } from '../../common/domain/namespaces/observation.ts';
import type { Verdict } from './admission-review.ts';
import { judgeConfiguration } from './judge-configuration.ts';

const everything = { 'watch-namespace': 'all', 'service-account': '*' };
const nothing = { 'watch-namespace': 'elsewhere', 'service-account': '*' };

describe('judgeConfiguration', () => {
  let isListed: boolean;
  let broken: boolean;

  beforeEach(() => {
    isListed = true;
    broken = false;
  });

  async function judge(
    data: Record<string, string>,
    annotations: Record<string, string> = {},
    name = 'acr-configuration',
  ): Promise<Verdict> {
    const configurations = createMemoryConfigurationStore();
    const inForce = parseConfigMap({ data: everything }).configuration ?? configuration();
    await configurations.write({
      configuration: inForce,
      version: contentVersion({ data: everything }),
      localRegion: 'cn-hangzhou',
    });
    const seen: NamespaceObservation = observation({
      accounts: [account({ pullSecrets: [secretName] })],
      secrets: [secret()],
    });
    return judgeConfiguration({
      configurations,
      observations: {
        listed: () =>
          broken ? Promise.reject(new Failure('redis-unreachable', 'away')) : Promise.resolve(isListed ? 1 : undefined),
        namespaces: () => Promise.resolve(['shop']),
        read: () => Promise.resolve(seen),
      },
      settings: { configMap: { namespace: 'kube-system', name: 'acr-configuration' } },
      clock: () => now,
      report: () => undefined,
    })({
      uid: 'u',
      kind: 'ConfigMap',
      operation: 'UPDATE',
      namespace: 'kube-system',
      object: { metadata: { name, annotations }, data },
    });
  }

  it('refuses a broken edit with what check says, key for file', async () => {
    const verdict = await judge({ ...everything, 'expiring-threshold': 'soon' });
    assert.ok(verdict.kind === 'refused');
    assert.match(verdict.message, /^\nexpiring-threshold:1:1 error [a-z-]+ .*\n {4}1 \| soon\n {6}\| \^\^\^\^ /);
  });

  it('refuses an edit that stops most of the cluster, and names the confirmation that lets it through', async () => {
    const verdict = await judge(nothing);
    assert.ok(verdict.kind === 'refused');
    const hash = /confirm=([0-9a-f]{16})/.exec(verdict.message)?.[1] ?? '';
    assert.deepEqual(await judge(nothing, { 'acr-credential-helper/confirm': hash }), { kind: 'unchanged' });
  });

  it('allows what changes nothing for those who pull today', async () => {
    assert.deepEqual(await judge({ ...everything, 'expiring-threshold': '20m' }), { kind: 'unchanged' });
  });

  it('leaves other ConfigMaps alone, however they look', async () => {
    assert.deepEqual(await judge({ 'expiring-threshold': 'soon' }, {}, 'another'), { kind: 'unchanged' });
  });

  it('allows what cannot be judged now: the watcher judges it again', async () => {
    isListed = false;
    assert.deepEqual(await judge(nothing), { kind: 'unchanged' });
    broken = true;
    assert.deepEqual(await judge(nothing), { kind: 'unchanged' });
  });
});
