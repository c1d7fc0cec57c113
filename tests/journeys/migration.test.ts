import assert from 'node:assert/strict';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { domainSecretName } from '../../common/domain/namespaces/secret-naming.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { ClusterHistory } from '../fixtures/cluster-history.ts';
import {
  noWrites,
  passwordsOf,
  registryInfo,
  startHelper,
  tokenCalls,
  untilLogged,
  writesDuring,
} from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { momentsWithoutLogin } from '../fixtures/login-moments.ts';
import { OriginalComponent, originalPassword } from '../fixtures/original-component.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const hosts = ['demo-registry.cn-hangzhou.cr.aliyuncs.com', 'demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com'];
const perDomainNames = hosts.map(domainSecretName);
const namespaces = ['team-classic', 'team-aggregated', 'team-both'];
const accounts = ['default', 'web'];
const untouched = 'not-selected';
const settings = {
  'watch-namespace': 'team-*',
  'service-account': accounts.join(','),
  // The hosts are not listed: only the registry knows them.
  'acr-registry-info': registryInfo({ instanceId: demoNames.instanceId, regionId: demoNames.regionId }),
};

describe('moving a cluster from the original component', function () {
  this.timeout(90_000);
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let cloud: AlibabaCloudSimulator;
  let history: ClusterHistory;
  let helper: HelperProcess;

  before(async () => {
    [controlPlane, cloud] = await Promise.all([
      startControlPlane(),
      startAlibabaCloudSimulator({ world: createDemoWorld() }),
    ]);
    cluster = new ClusterClient(controlPlane);
    const original = new OriginalComponent(controlPlane, hosts);
    for (const namespace of [...namespaces, untouched]) {
      await cluster.createNamespace(namespace);
      const left = [
        ...(namespace === 'team-aggregated' ? [] : await original.leavePerDomain(namespace)),
        ...(namespace === 'team-classic' ? [] : await original.leaveAggregated(namespace)),
      ];
      await cluster.createAccount(namespace, 'web', ['of-another-team', ...left, 'of-a-third-team']);
      await waitUntil('the account default', 20, async () => (await accountExists(namespace)) || undefined);
      await cluster.patchAccount(namespace, 'default', left);
    }
    history = await ClusterHistory.start(controlPlane);
    await cluster.writeConfigMap(settings);
    start();
  });

  after(async () => {
    history?.stop();
    await helper?.stop();
    await Promise.all([controlPlane?.stop(), cloud?.stop()]);
  });

  function start(): void {
    helper = startHelper({ controlPlane, cloud });
  }

  async function accountExists(namespace: string): Promise<boolean> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    return (await controlPlane.request({ path })).status === 200;
  }

  /** Of the names that the helper may use: those that accounts refer to, and whose Secret is there. */
  async function stateOf(namespace: string): Promise<Readonly<Record<string, readonly string[]>>> {
    const ours = [secretName, ...perDomainNames];
    const configs = await Promise.all(ours.map((name) => cluster.dockerConfig(namespace, name)));
    const lists = await Promise.all(accounts.map((account) => cluster.pullSecrets(namespace, account)));
    const entries = accounts.map((account, index) => [account, lists[index]?.filter((name) => ours.includes(name))]);
    return {
      secrets: ours.filter((_name, index) => configs[index] !== undefined),
      ...(Object.fromEntries(entries) as Record<string, readonly string[]>),
    };
  }

  /** The Secrets that are there are these and no others, hold fresh tokens, and both accounts refer to them. */
  async function untilServedBy(names: readonly string[]): Promise<void> {
    const expected = JSON.stringify({ secrets: names.toSorted(), default: names.toSorted(), web: names.toSorted() });
    for (const namespace of namespaces) {
      await waitUntil(`${namespace} to be served by ${names.join(' ')}`, 40, async () => {
        const { secrets, default: first, web } = await stateOf(namespace);
        const sorted = { secrets: secrets?.toSorted(), default: first?.toSorted(), web: web?.toSorted() };
        if (JSON.stringify(sorted) !== expected) return undefined;
        const configs = await Promise.all(names.map((name) => cluster.dockerConfig(namespace, name)));
        const passwords = configs.flatMap((config) => Object.values(passwordsOf(config ?? '{"auths":{}}')));
        return passwords.length === hosts.length && !passwords.includes(originalPassword) ? true : undefined;
      });
    }
  }

  it('touches nothing of the original without take-over, and says what it left alone', async () => {
    await untilLogged(helper, 'belongs to somebody else and was left alone', 2, 40);
    await cluster.untilServed('team-classic', 'web', 40);
    for (const [namespace, names] of [
      ['team-classic', perDomainNames],
      ['team-aggregated', [secretName]],
      ['team-both', [secretName, ...perDomainNames]],
    ] as const) {
      for (const name of names) {
        const passwords = Object.values(passwordsOf((await cluster.dockerConfig(namespace, name)) ?? ''));
        assert.ok(passwords.length > 0 && passwords.every((password) => password === originalPassword), namespace);
        assert.ok((await cluster.pullSecrets(namespace, 'default')).includes(name), namespace);
      }
    }
  });

  it('with take-over adopts what has the name, and removes what it supersedes', async () => {
    await cluster.writeConfigMap({ ...settings, 'take-over': 'true' });
    await untilServedBy([secretName]);
  });

  it('goes over to one Secret per domain, and back', async () => {
    await cluster.writeConfigMap({ ...settings, 'take-over': 'true', 'secret-naming': 'per-domain' });
    await untilServedBy(perDomainNames);
    await cluster.writeConfigMap({ ...settings, 'secret-naming': 'aggregated' });
    await untilServedBy([secretName]);
    await cluster.writeConfigMap({ ...settings, 'secret-naming': 'per-domain' });
    await untilServedBy(perDomainNames);
  });

  it('takes its credentials back from such Secrets after a restart, fetches nothing and writes nothing', async () => {
    await helper.stop();
    const calls = tokenCalls(cloud);
    const writes = await writesDuring(controlPlane, async () => {
      start();
      await untilLogged(helper, 'credential taken back', 1, 40);
      await untilLogged(helper, 'cluster observed', 1, 40);
      await cluster.createNamespace('team-new');
      await waitUntil('a namespace made now to be served', 40, async () => {
        const names = await cluster.pullSecrets('team-new', 'default');
        return perDomainNames.every((name) => names.includes(name)) ? true : undefined;
      });
    });
    assert.deepEqual(
      { ...writes, tokens: tokenCalls(cloud) - calls },
      { ...noWrites, secretsCreated: perDomainNames.length, accountsPatched: 1, tokens: 0 },
    );
  });

  it('changes the names also when the configuration was edited while nothing ran', async () => {
    await helper.stop();
    await cluster.writeConfigMap(settings);
    start();
    await untilServedBy([secretName]);
  });

  it('at no moment left an account without a login', async () => {
    const pulling = namespaces.flatMap((namespace) => accounts.map((account) => ({ namespace, account, hosts })));
    const states = await history.states();
    assert.ok(states.filter(({ isAfterTheLists }) => isAfterTheLists).length > 50, 'the history is empty');
    assert.deepEqual(momentsWithoutLogin(states, pulling), []);
  });

  it('kept what others put into the accounts, in its order', async () => {
    for (const namespace of namespaces) {
      const names = await cluster.pullSecrets(namespace, 'web');
      assert.deepEqual(
        names.filter((name) => name.startsWith('of-')),
        ['of-another-team', 'of-a-third-team'],
      );
    }
  });

  it('touched nothing in a namespace that is not selected', async () => {
    const states = (await history.states()).filter(({ namespace }) => namespace === untouched);
    assert.deepEqual(
      states.filter(({ isAfterTheLists }) => isAfterTheLists).map(({ name }) => name),
      [],
    );
  });
});
