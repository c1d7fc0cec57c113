import assert from 'node:assert/strict';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { startHelper, untilLogged } from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { ForeignWriter, RewritingController } from '../fixtures/foreign-controllers.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { startRedis } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const registries = JSON.stringify([{ instanceId: demoNames.instanceId, regionId: demoNames.regionId }]);
const configuration = {
  'watch-namespace': 'team-*, elsewhere',
  'service-account': '*',
  'acr-registry-info': registries,
};

describe('what others do to our Secrets and references', function () {
  this.timeout(120_000);
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let foreign: ForeignWriter;
  let cloud: AlibabaCloudSimulator;
  let helper: HelperProcess;

  before(async () => {
    [controlPlane, cloud] = await Promise.all([
      startControlPlane(),
      startAlibabaCloudSimulator({ world: createDemoWorld() }),
    ]);
    cluster = new ClusterClient(controlPlane);
    foreign = new ForeignWriter(controlPlane, secretName);
    await cluster.writeConfigMap(configuration);
    await cluster.createNamespace('team-type');
    await foreign.createOpaqueSecret('team-type', { 'app.kubernetes.io/managed-by': 'acr-credential-helper' });
    await cluster.createNamespace('elsewhere');
    await foreign.createOpaqueSecret('elsewhere', {});
    helper = startHelper({ controlPlane, cloud });
  });

  after(async () => {
    await helper?.stop();
    await Promise.all([controlPlane?.stop(), cloud?.stop()]);
  });

  async function serve(namespace: string): Promise<string> {
    await cluster.createNamespace(namespace);
    return cluster.untilServed(namespace, 'default', 60);
  }

  /** Of every Secret of ours and every account. */
  async function versions(): Promise<readonly string[]> {
    const paths = [`/api/v1/secrets?fieldSelector=metadata.name%3D${secretName}`, '/api/v1/serviceaccounts'];
    const answers = await Promise.all(paths.map((path) => controlPlane.request({ path })));
    return answers.flatMap(({ text }) => {
      const { items } = JSON.parse(text) as { readonly items: readonly { readonly metadata: ObjectMeta }[] };
      return items.map(
        ({ metadata: { namespace, name, resourceVersion } }) => `${namespace}/${name} ${resourceVersion}`,
      );
    });
  }

  async function untilEvent(namespace: string, reason: string): Promise<string> {
    return waitUntil(`the Event ${reason} in ${namespace}`, 60, async () => {
      const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
      const { items } = JSON.parse((await controlPlane.request({ path })).text) as {
        readonly items: readonly { readonly reason: string; readonly note: string }[];
      };
      return items.find((event) => event.reason === reason)?.note;
    });
  }

  it('a deleted or edited Secret comes back with the same content', async () => {
    const content = await serve('team-edited');
    await cluster.deleteSecret('team-edited');
    assert.equal(await cluster.untilServed('team-edited', 'default', 60), content);
    await foreign.editSecret('team-edited', '{"auths":{}}');
    await waitUntil('the edit to be undone', 60, async () =>
      (await cluster.dockerConfig('team-edited')) === content ? true : undefined,
    );
  });

  it('an account that was made anew is attached anew', async () => {
    await serve('team-anew');
    await cluster.createAccount('team-anew', 'web');
    await cluster.untilServed('team-anew', 'web', 60);
    await controlPlane.request({ method: 'DELETE', path: '/api/v1/namespaces/team-anew/serviceaccounts/web' });
    await cluster.createAccount('team-anew', 'web', ['theirs']);
    await cluster.untilServed('team-anew', 'web', 60);
    assert.deepEqual(await cluster.pullSecrets('team-anew', 'web'), ['theirs', secretName]);
  });

  it('a Secret with our label and of another type is replaced, and an Event says so', async () => {
    await cluster.untilServed('team-type', 'default', 60);
    assert.equal(await foreign.secretType('team-type'), 'kubernetes.io/dockerconfigjson');
    assert.match(await untilEvent('team-type', 'SecretMadeAnew'), /deleted and made anew/);
  });

  it('a Secret of somebody else under our name is left alone and reported, and the namespace served when it is gone', async () => {
    assert.match(await untilEvent('elsewhere', 'SecretLeftAlone'), /take-over/);
    assert.equal(await foreign.secretType('elsewhere'), 'Opaque');
    assert.deepEqual(await cluster.pullSecrets('elsewhere', 'default'), []);
    await cluster.deleteSecret('elsewhere');
    await cluster.untilServed('elsewhere', 'default', 60);
    await untilEvent('elsewhere', 'Recovered');
  });

  it('a Secret that somebody made immutable is replaced when its content has to change', async () => {
    await serve('team-immutable');
    await foreign.makeSecretImmutable('team-immutable');
    await cluster.writeConfigMap({ ...configuration, 'notify-email': 'ops@example.com' });
    await waitUntil('the new content', 60, async () =>
      (await cluster.dockerConfig('team-immutable'))?.includes('ops@example.com') === true ? true : undefined,
    );
    assert.match(await untilEvent('team-immutable', 'SecretMadeAnew'), /immutable/);
    assert.deepEqual(await cluster.pullSecrets('team-immutable', 'default'), [secretName]);
  });

  it('no entry is lost of a writer that adds its own as fast as it can', async () => {
    await serve('team-storm');
    const entries = Array.from({ length: 40 }, (_item, index) => `theirs-${index}`);
    await cluster.createAccount('team-storm', 'web', ['theirs']);
    for (const entry of entries) await foreign.addPullSecret('team-storm', 'web', entry);
    await cluster.untilServed('team-storm', 'web', 60);
    const all = await cluster.pullSecrets('team-storm', 'web');
    assert.deepEqual(
      all.filter((entry) => entry !== secretName),
      ['theirs', ...entries],
    );
  });

  it('a second helper with the same configuration writes nothing', async () => {
    const before = await versions();
    const namespaces = before.filter((version) => version.includes('/default ')).length;
    const second = startHelper({ controlPlane, cloud });
    try {
      const ops = await second.opsUrl();
      await waitUntil('the second helper to be ready', 60, async () =>
        (await fetch(`${ops}/readyz`)).ok ? true : undefined,
      );
      await waitUntil('it to have looked at every namespace', 60, async () => {
        const synced = await readMetric(ops, 'acr_helper_messages_total{message="namespace.sync",outcome="done"}');
        return synced >= namespaces ? true : undefined;
      });
      assert.equal(await readMetric(ops, 'acr_helper_fights'), 0);
    } finally {
      await second.stop();
    }
    assert.deepEqual(await versions(), before);
  });

  it('a controller that rewrites the list again and again is answered a few times and then once a minute', async () => {
    await serve('team-fought');
    const rewriting = new RewritingController(controlPlane, 'team-fought', 'default', ['theirs']);
    try {
      const note = await untilEvent('team-fought', 'FightRecognised');
      assert.match(note, /ServiceAccount default.*once a minute/);
      const undone = rewriting.undone;
      await rewriting.looksAgain(30);
      // One more can fall into the time, where a minute ends; another would have to wait for a minute more.
      assert.ok(rewriting.undone <= undone + 2, `undone ${undone} times, then ${rewriting.undone}`);
    } finally {
      await rewriting.stop();
    }
    await untilLogged(helper, 'somebody keeps undoing our change');
    const ops = await helper.opsUrl();
    assert.equal(await readMetric(ops, 'acr_helper_fights'), 1);
    assert.equal(await readMetric(ops, 'acr_helper_fights_total'), 1);
    // Everybody else is served meanwhile.
    await serve('team-other');
  });

  it('the sweep found nothing, and the waits of new accounts and namespaces were measured', async () => {
    const ops = await helper.opsUrl();
    assert.equal(await readMetric(ops, 'acr_helper_sweep_corrections_total'), 0);
    assert.ok((await readMetric(ops, 'acr_helper_namespace_ready_seconds_count')) > 0);
    assert.ok((await readMetric(ops, 'acr_helper_service_account_ready_seconds_count')) > 0);
  });

  it('a second helper with another configuration is recognised as a fight by both', async () => {
    const otherRegistry = { instanceId: demoNames.otherRegionInstanceId, regionId: demoNames.otherRegionId };
    const entries = JSON.stringify([...(JSON.parse(registries) as readonly unknown[]), otherRegistry]);
    const path = '/api/v1/namespaces/kube-system/configmaps';
    const data = { ...configuration, 'acr-registry-info': entries };
    await controlPlane.request({ method: 'POST', path, body: { metadata: { name: 'another' }, data } });
    const second = startHelper({ controlPlane, cloud, more: ['--config-map', 'kube-system/another'] });
    try {
      await untilLogged(second, 'somebody keeps undoing our change', 1, 60);
      await untilLogged(helper, `"object":"Secret ${secretName}"`, 1, 60);
    } finally {
      await second.stop();
    }
  });

  it('two writers over Redis answer a rewriting controller as seldom as one', async () => {
    await helper.stop();
    const redis = await startRedis({ password: 'redis-password' });
    const started = [[], ['--role', 'writer']].map((more) =>
      startHelper({ controlPlane, cloud, redisUrl: redis.url, more }),
    );
    try {
      await serve('team-shared');
      const rewriting = new RewritingController(controlPlane, 'team-shared', 'default', ['theirs']);
      try {
        await untilEvent('team-shared', 'FightRecognised');
        const undone = rewriting.undone;
        await rewriting.looksAgain(30);
        assert.ok(rewriting.undone <= undone + 2, `undone ${undone} times, then ${rewriting.undone}`);
      } finally {
        await rewriting.stop();
      }
      for (const writer of started) assert.equal(await readMetric(await writer.opsUrl(), 'acr_helper_fights'), 1);
    } finally {
      await Promise.all(started.map((writer) => writer.stop()));
      await redis.stop();
    }
  });
});

type ObjectMeta = { readonly namespace: string; readonly name: string; readonly resourceVersion: string };

async function readMetric(opsUrl: string, name: string): Promise<number> {
  const text = await (await fetch(`${opsUrl}/metrics`)).text();
  const escaped = name.replaceAll(/[{}"]/g, String.raw`\$&`);
  return Number(new RegExp(`^${escaped} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}
