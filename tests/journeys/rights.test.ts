import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { manifestOf, parseManifests, renderText, type ChartValues, type Manifest } from '../fixtures/chart.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { deployedRole, type DeployedRole } from '../fixtures/deployed-role.ts';
import { accountPatch, forbiddenRequests, secretBody } from '../fixtures/forbidden-requests.ts';
import { startHelperProcess, type HelperProcess } from '../fixtures/helper-process.ts';
import { PodMaker } from '../fixtures/pod-maker.ts';
import { callOf, deniedCalls, documentedCalls, keySecret, lastGood } from '../fixtures/role-calls.ts';
import type { AuditEvent } from '../real-parts/audit-log.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { freeLoopbackPort } from '../real-parts/loopback-port.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { mustRun, runCommand } from '../real-parts/run-command.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const tokenSeconds = 20;
const distributedRoles = ['watcher', 'fetcher', 'writer', 'webhook'] as const;

describe('rights: each role as a process with its own account, under the chart’s RBAC and admission policy', function () {
  this.timeout(240_000);
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let cloud: AlibabaCloudSimulator;
  let redis: RedisServer;
  let folder: string;
  const sealKey = randomBytes(32).toString('base64');

  before(async () => {
    [controlPlane, cloud, redis, folder] = await Promise.all([
      startControlPlane({ audit: true }),
      startAlibabaCloudSimulator({ world: createDemoWorld({ registryTokenSeconds: tokenSeconds }) }),
      startRedis({ password: 'redis-password' }),
      mkdtemp(join(tmpdir(), 'acr-rights-')),
    ]);
    cluster = new ClusterClient(controlPlane);
  });

  after(async () => {
    await Promise.all([controlPlane?.stop(), cloud?.stop(), redis?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  /** Installs what the chart renders, as an administrator; answers with the objects. */
  async function install(values: ChartValues, namespace: string): Promise<readonly Manifest[]> {
    const text = await renderText(
      {
        ...values,
        configuration: {
          data: {
            'watch-namespace': 'team-*',
            'service-account': '*',
            'webhook-configuration': { enable: values['webhook'] !== undefined },
            'repair-pods': values['repairPods'] !== undefined,
            'acr-registry-info': [
              { instanceId: demoNames.instanceId, regionId: demoNames.regionId },
              {
                instanceId: demoNames.otherRegionInstanceId,
                regionId: demoNames.otherRegionId,
                accessKeySecretRef: keySecret,
              },
            ],
          },
        },
        extraArgs: [`--openapi-endpoint=${cloud.url}`],
      },
      { namespace },
    );
    if (namespace !== 'kube-system') await cluster.createNamespace(namespace);
    await cluster.createSecret(namespace, keySecret, {
      'access-key-id': demoNames.pullerKey.id,
      'access-key-secret': demoNames.pullerKey.secret,
    });
    await kubectl(['apply', '--server-side', '-f', '-'], text);
    return parseManifests(text);
  }

  async function kubectl(args: readonly string[], input = ''): Promise<void> {
    await mustRun(controlPlane.kubectl, ['--kubeconfig', controlPlane.kubeconfigPath, ...args], { input });
  }

  function surroundings(redisUrl?: string) {
    return { controlPlane, folder, cloudUrl: cloud.url, redisUrl, sealKey };
  }

  function start({ args, environment }: DeployedRole): HelperProcess {
    return startHelperProcess(args, environment);
  }

  /** Everything that makes the helper write: serve, renew, mend, take back. */
  async function liveALife(configMapNamespace: string): Promise<void> {
    await cluster.createNamespace('team-a');
    await cluster.createAccount('team-a', 'web', ['theirs']);
    const first = await cluster.untilServed('team-a', 'web', 40);
    await cluster.createNamespace('team-b');
    await cluster.untilServed('team-b', 'default', 40);
    await cluster.deleteSecret('team-b');
    await waitUntil('the deleted Secret to be back', 40, async () => cluster.dockerConfig('team-b'));
    await cluster.patchAccount('team-a', 'web', ['theirs']);
    await cluster.untilServed('team-a', 'web', 40);
    await waitUntil('a renewal', 60, async () => ((await cluster.dockerConfig('team-a')) === first ? undefined : true));
    const path = `/api/v1/namespaces/${configMapNamespace}/configmaps/acr-configuration`;
    const patch = (data: Readonly<Record<string, string>>) =>
      controlPlane.request({ method: 'PATCH', path, body: { data }, contentType: 'application/merge-patch+json' });
    const edit = await patch({ 'expiring-threshold': 'soon' });
    // With the guard in place the edit is refused, and there is nothing to tell.
    if (edit.status === 200) {
      await untilRefused(configMapNamespace, 1);
      await patch({ 'notify-email': 'somebody@example.com' });
      await untilRefused(configMapNamespace, 2);
    }
    await patch({ 'expiring-threshold': '15m', 'watch-namespace': 'team-a' });
    await waitUntil('what left the selection to be cleaned up', 40, async () =>
      (await cluster.dockerConfig('team-b')) === undefined ? true : undefined,
    );
  }

  async function untilRefused(configMapNamespace: string, times: number): Promise<void> {
    await waitUntil(`the Event about ${times} broken edits`, 40, async () => {
      const path = `/apis/events.k8s.io/v1/namespaces/${configMapNamespace}/events`;
      const { items } = JSON.parse((await controlPlane.request({ path })).text) as {
        readonly items: readonly { readonly reason: string; readonly series?: { readonly count: number } | null }[];
      };
      const refusals = items.filter(({ reason }) => reason === 'ConfigurationRefused');
      return refusals.some(({ series }) => (series?.count ?? 1) === times) ? true : undefined;
    });
  }

  /** A pod that was admitted when its account had only `theirs`. */
  async function untilHungPodIsEvicted(): Promise<void> {
    const pods = new PodMaker(controlPlane, 'team-a', 'demo-registry.cn-hangzhou.cr.aliyuncs.com/team/web:1');
    await pods.make({ name: 'hung', controller: 'web', account: 'web', pullSecrets: ['theirs'], hangs: true });
    await waitUntil('the hung pod to be evicted', 60, async () => ((await pods.exists('hung')) ? undefined : true));
  }

  async function eventsOf(usernames: readonly string[]): Promise<readonly AuditEvent[]> {
    return (await controlPlane.auditEvents()).filter(({ user }) => usernames.includes(user.username));
  }

  describe('distributed', () => {
    let manifests: readonly Manifest[];
    const roles = new Map<string, DeployedRole>();

    before(async () => {
      manifests = await install(
        {
          mode: 'distributed',
          redis: { url: redis.url },
          cleanupOnUninstall: true,
          webhook: { enabled: true },
          repairPods: { enabled: true },
        },
        'acr-system',
      );
      const webhookPort = await freeLoopbackPort();
      for (const role of distributedRoles) {
        const workload = manifestOf(manifests, 'Deployment', `acr-credential-helper-${role}`);
        roles.set(role, await deployedRole(workload, { ...surroundings(redis.url), webhookPort }));
      }
      const helpers = [...roles.values()].map(start);
      try {
        await waitUntil('admission to be registered', 40, async () => {
          const objects = await Promise.all(registered.map((path) => controlPlane.request({ path })));
          return objects.every(({ status }) => status === 200) ? true : undefined;
        });
        await liveALife('acr-system');
        await untilHungPodIsEvicted();
      } catch (error) {
        throw new Error(helpers.map((helper) => helper.output()).join('\n\n'), { cause: error });
      } finally {
        await Promise.all(helpers.map((helper) => helper.stop()));
      }
    });

    it('nothing that a role asked for was denied', async () => {
      const events = await eventsOf([...roles.values()].map(({ username }) => username));
      assert.ok(events.length > 20, `only ${events.length} requests were recorded`);
      assert.deepEqual(deniedCalls(events), []);
    });

    for (const role of distributedRoles) {
      it(`the ${role} makes the documented calls and no other`, async () => {
        const calls = new Set((await eventsOf([roles.get(role)?.username ?? ''])).map(callOf));
        assert.deepEqual(
          [...calls].filter((call) => !includes(documentedCalls[role], call)),
          [],
        );
      });
    }

    it('the roles run under different accounts', () => {
      assert.equal(new Set([...roles.values()].map(({ username }) => username)).size, distributedRoles.length);
    });

    describe('with the writer’s token', () => {
      for (const { name, method, path, body, type } of forbiddenRequests('acr-system')) {
        it(name, async () => {
          const answer = await asWriter(method, path, body, type);
          assert.ok([403, 422].includes(answer.status), `${answer.status} ${answer.text}`);
        });
      }

      it('our own entry can be added and removed, beside those of others', async () => {
        const added = accountPatch({ imagePullSecrets: [{ name: secretName }, { name: 'theirs' }] });
        const removed = accountPatch({ imagePullSecrets: [{ name: 'theirs' }] });
        for (const { method, path, body, type } of [added, removed])
          assert.equal((await asWriter(method, path, body, type)).status, 200);
      });

      it('the admission policy holds even when somebody grants it every Secret', async () => {
        await kubectl(['create', 'clusterrole', 'too-much', '--verb=*', '--resource=secrets']);
        const [, , namespace, account] = (roles.get('writer')?.username ?? '').split(':');
        await kubectl([
          'create',
          'clusterrolebinding',
          'too-much',
          '--clusterrole=too-much',
          `--serviceaccount=${namespace}:${account}`,
        ]);
        const answer = await waitUntil('the grant to be known', 20, async () => {
          const got = await asWriter('POST', '/api/v1/namespaces/team-b/secrets?dryRun=All', secretBody('other'));
          return got.text.includes('is forbidden: User') ? undefined : got;
        });
        assert.match(answer.text, /acr-credential-helper writes no Secret named other/);
        await kubectl(['delete', 'clusterrolebinding', 'too-much']);
      });

      function asWriter(method: string, path: string, body?: unknown, contentType?: string) {
        const token = roles.get('writer')?.token ?? '';
        return controlPlane.request({
          method,
          path,
          body,
          token,
          ...(contentType === undefined ? {} : { contentType }),
        });
      }
    });

    it('the clean-up of an uninstallation removes everything under its own rights', async () => {
      const role = await deployedRole(manifestOf(manifests, 'Job', 'acr-credential-helper-cleanup'), surroundings());
      const result = await runCommand(
        process.execPath,
        [join(repositoryRoot(), 'dist', 'main.js'), 'cleanup', ...role.args],
        {
          env: { PATH: process.env['PATH'], ...role.environment },
          timeoutSeconds: 60,
        },
      );
      assert.equal(result.exitCode, 0, result.stderr);
      assert.deepEqual(await cluster.pullSecrets('team-a', 'web'), ['theirs']);
      assert.equal(await cluster.dockerConfig('team-a'), undefined);
      assert.equal(
        (await controlPlane.request({ path: `/api/v1/namespaces/acr-system/secrets/${lastGood}` })).status,
        404,
      );
      assert.deepEqual(deniedCalls(await eventsOf([role.username])), []);
    });
  });

  describe('standalone', () => {
    it('one process with one account does all of it, and nothing else', async () => {
      for (const name of ['team-a', 'team-b', 'acr-system']) await kubectl(['delete', 'namespace', name]);
      const manifests = await install({}, 'kube-system');
      const role = await deployedRole(manifestOf(manifests, 'Deployment', 'acr-credential-helper'), surroundings());
      assert.equal(role.username, demoNames.oidcSubject);
      const helper = start(role);
      try {
        await liveALife('kube-system');
      } catch (error) {
        throw new Error(helper.output(), { cause: error });
      } finally {
        await helper.stop();
      }
      const events = await eventsOf([role.username]);
      assert.deepEqual(deniedCalls(events), []);
      const all = Object.values(documentedCalls).flat();
      assert.deepEqual(
        [...new Set(events.map(callOf))].filter((call) => !includes(all, call)),
        [],
      );
    });
  });
});

/** What is registered with a policy in force: that and the guard of the ConfigMap. */
const registered = [
  '/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies/acr-credential-helper',
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/acr-credential-helper',
];

function includes(calls: readonly string[], call: string): boolean {
  return calls.includes(call);
}
