import assert from 'node:assert/strict';
import { randomBytes, type JsonWebKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { managedRoleTokenFile } from '../../deploy/simulators/alibaba-cloud/managed-role-token.ts';
import { createServiceAccountIssuer } from '../../deploy/simulators/alibaba-cloud/open-id-provider.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { passwordsOf, registryInfo, startHelper, untilLogged } from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { readRedis } from '../fixtures/redis-content.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const inline = { id: 'LTAI5tCanaryInline000001', secret: plant('inline') };
const ofSecret = { id: 'LTAI5tCanarySecret000001', secret: plant('secret') };
const wrong = { id: demoNames.pullerKey.id, secret: plant('wrong') };
const mirrorPassword = plant('mirror');
const redisPassword = plant('redis');
const sealKey = randomBytes(32).toString('base64');
const region = { regionId: demoNames.regionId };

describe('no secret comes out of the helper, at the most talkative log level', function () {
  this.timeout(60_000);
  let folder: string;
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let cloud: AlibabaCloudSimulator;
  let redis: RedisServer;
  /** Over Redis with RRSA and key pairs; and alone with the managed role. */
  let shared: HelperProcess;
  let alone: HelperProcess;
  let canaries: Readonly<Record<string, string>>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-canary-'));
    const serviceAccounts = createServiceAccountIssuer(demoNames.oidcIssuer);
    cloud = await startAlibabaCloudSimulator({ world: worldWithCanaries([serviceAccounts.publicKey]) });
    [controlPlane, redis] = await Promise.all([startControlPlane(), startRedis({ password: redisPassword })]);
    cluster = new ClusterClient(controlPlane, 'pull-shared');
    const oidcToken = serviceAccounts.mintToken({
      namespace: 'kube-system',
      serviceAccount: 'aliyun-acr-credential-helper',
      audience: demoNames.oidcAudience,
      issuedAt: Date.now(),
      lifetimeSeconds: 3600,
    });
    const session = cloud.openRoleSession(demoNames.managedRoleArn, 3600);
    const files = {
      oidc: join(folder, 'token'),
      seal: join(folder, 'seal-key'),
      managed: join(folder, 'token-config'),
    };
    await Promise.all([
      writeFile(files.oidc, oidcToken),
      writeFile(files.seal, sealKey),
      writeFile(files.managed, managedRoleTokenFile(session)),
    ]);
    await configure();
    shared = startHelper({
      controlPlane,
      cloud,
      more: [...helperFlags('shared'), '--seal-key-file', files.seal],
      environment: { REDIS_URL: redis.url, ALIBABA_CLOUD_OIDC_TOKEN_FILE: files.oidc },
    });
    alone = startHelper({
      controlPlane,
      cloud,
      more: helperFlags('alone'),
      environment: { ALIBABA_CLOUD_ACK_ADDON_TOKEN_PATH: files.managed },
    });
    const tokens = await servedTokens();
    canaries = {
      ...tokens,
      inlineKey: inline.secret,
      keyOfASecret: ofSecret.secret,
      wrongKey: wrong.secret,
      mirrorPassword,
      redisPassword,
      sealKey,
      oidcToken,
      oidcSignature: oidcToken.split('.')[2] ?? '',
      managedKey: session.accessKeySecret,
      managedToken: session.securityToken,
      kubeconfigToken: controlPlane.adminToken,
    };
  });

  after(async () => {
    await Promise.all([shared?.stop(), alone?.stop()]);
    await Promise.all([
      controlPlane?.stop(),
      redis?.stop(),
      cloud?.stop(),
      rm(folder, { recursive: true, force: true }),
    ]);
  });

  function helperFlags(name: string): readonly string[] {
    return [
      '--log-level',
      'debug',
      '--secret-name',
      `pull-${name}`,
      '--config-map',
      `config-${name}/acr-configuration`,
    ];
  }

  async function configure(): Promise<void> {
    for (const name of ['config-shared', 'config-alone', 'shop', 'other-shop']) await cluster.createNamespace(name);
    await cluster.createSecret('config-shared', 'acr-key', keyPair(ofSecret));
    await cluster.createSecret('config-shared', 'wrong-key', keyPair(wrong));
    await cluster.createSecret('config-shared', 'other-registry', {
      '.dockerconfigjson': JSON.stringify({ auths: { 'registry.example.com': login(mirrorPassword) } }),
    });
    const { instanceId } = demoNames;
    await cluster.writeConfigMap(
      {
        'watch-namespace': 'shop',
        rrsa: 'enable: true',
        'acr-registry-info': registryInfo(
          { instanceId, ...region, domains: 'a.io', customAccessKey: inline.id, customAccessKeySecret: inline.secret },
          { instanceId, ...region, domains: 'b.io', accessKeySecretRef: 'acr-key' },
          { instanceId, ...region, domains: 'c.io', accessKeySecretRef: 'wrong-key' },
          {
            instanceId,
            ...region,
            domains: 'd.io',
            rrsaRoleARN: demoNames.rrsaRoleArn,
            rrsaOIDCProviderRoleARN: demoNames.oidcProviderArn,
          },
          { pullSecretRef: 'other-registry' },
        ),
      },
      'config-shared',
    );
    await cluster.writeConfigMap(
      {
        'watch-namespace': 'other-shop',
        'acr-registry-info': registryInfo({ instanceId, ...region, domains: 'e.io' }),
      },
      'config-alone',
    );
  }

  /** The registry tokens that were written, once all are; afterwards a broken edit and faults make both helpers talk. */
  async function servedTokens(): Promise<Readonly<Record<string, string>>> {
    const passwords = await waitUntil('all registries of shop', 20, async () => {
      const found = passwordsOf((await cluster.dockerConfig('shop')) ?? '{"auths":{}}');
      return Object.keys(found).length === 4 ? found : undefined;
    });
    const other = await new ClusterClient(controlPlane, 'pull-alone').untilServed('other-shop');
    await untilLogged(shared, '"code":"cloud-signature-refused"');
    await cluster.writeConfigMap(
      {
        'watch-namespace': 'shop',
        'acr-registry-info': `- instanceId: [\n  customAccessKeySecret: ${inline.secret}\n`,
      },
      'config-shared',
    );
    await untilLogged(shared, 'configuration refused');
    await redis.cutConnections();
    const { 'registry.example.com': _, ...tokens } = passwords;
    return { ...tokens, ...passwordsOf(other) };
  }

  function assertHoldsNone(what: string, text: string): void {
    assert.ok(text.length > 0, `${what} is empty`);
    for (const [name, secret] of Object.entries(canaries)) {
      for (const form of [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      ]) {
        assert.ok(!text.includes(form), `${what} holds ${name}`);
      }
    }
  }

  it('every planted secret was in use: the registries were served, and the wrong pair was refused', () => {
    assert.ok(Object.keys(canaries).length >= 15);
    for (const [name, secret] of Object.entries(canaries)) assert.ok(secret.length >= 16, name);
  });

  it('none in the log', () => {
    assertHoldsNone('the log over Redis', shared.output());
    assertHoldsNone('the log of the managed role', alone.output());
    assert.match(shared.output(), /"level":"debug"/);
  });

  it('none in the metrics', async () => {
    for (const helper of [shared, alone])
      assertHoldsNone('/metrics', await (await fetch(`${await helper.opsUrl()}/metrics`)).text());
  });

  it('none in any key or value of Redis, where the credentials are', async () => {
    const content = await readRedis(redis.url);
    assert.match(content, /\{acr\}:credentials /);
    assert.match(content, /\{acr\}:configuration /);
    assertHoldsNone('Redis', content);
  });

  it('none in the arguments that every user of the machine can read', async () => {
    for (const helper of [shared, alone])
      assertHoldsNone('the command line', await readFile(`/proc/${helper.pid}/cmdline`, 'utf8'));
  });

  it('none in an Event, nor in the metadata of the Secrets that were written', async () => {
    const events = await controlPlane.request({ path: '/apis/events.k8s.io/v1/events' });
    assertHoldsNone('the Events', events.text);
    for (const name of ['pull-shared', 'pull-alone']) {
      const { text } = await controlPlane.request({ path: `/api/v1/secrets?fieldSelector=metadata.name%3D${name}` });
      const { items } = JSON.parse(text) as { items: { metadata: object }[] };
      assert.equal(items.length, 1);
      assertHoldsNone(`the metadata of ${name}`, JSON.stringify(items.map(({ metadata }) => metadata)));
    }
  });

  it('none in a URL that the cloud saw', () => {
    assert.deepEqual(cloud.violations(), []);
    assert.ok(cloud.calls.count({ action: 'AssumeRoleWithOIDC', code: 'success' }) > 0);
  });
});

/** Text that is found wherever it comes out; as long and as odd as the real ones. */
function plant(name: string): string {
  return `canary-${name}-${randomBytes(12).toString('hex')}`;
}

function keyPair({ id, secret }: { readonly id: string; readonly secret: string }): Readonly<Record<string, string>> {
  return { 'access-key-id': id, 'access-key-secret': secret };
}

function login(password: string): object {
  return { auth: Buffer.from(`user:${password}`).toString('base64') };
}

function worldWithCanaries(openIdKeys: readonly JsonWebKey[]): ReturnType<typeof createDemoWorld> {
  const world = createDemoWorld({ openIdKeys });
  const users = [inline, ofSecret].map((key) => ({
    accountId: demoNames.accountId,
    name: key.id,
    accessKeys: [{ ...key, active: true }],
    allowedActions: ['cr:*'],
  }));
  return { ...world, users: [...world.users, ...users] };
}
