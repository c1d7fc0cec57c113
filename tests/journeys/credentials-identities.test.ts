import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallFacts } from '../../deploy/simulators/alibaba-cloud/call-log.ts';
import { demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { managedRoleTokenFile } from '../../deploy/simulators/alibaba-cloud/managed-role-token.ts';
import { createServiceAccountIssuer } from '../../deploy/simulators/alibaba-cloud/open-id-provider.ts';
import { registryTokenIssuer } from '../../deploy/simulators/alibaba-cloud/registry-token-endpoint.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { callSigned } from '../../deploy/simulators/alibaba-cloud/testing/official-client.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { passwordsOf, registryInfo, startHelper, type EntryFields } from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { createIdentitiesWorld, identityNames } from '../fixtures/identities-world.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { pullTinyImage, pushTinyImage } from '../real-parts/crane.ts';
import { startRegistry, type Registry } from '../real-parts/registry.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const tokenSeconds = 20;
const renewals = 3;
const personalHost = 'registry.cn-hangzhou.aliyuncs.com';
const { partnerRoles, secretKey, partnerPusherKey } = identityNames;

type HelperName = 'rrsa' | 'worker' | 'managed';

/** One registry entry, in a namespace of its own, and how its calls are known at the cloud. */
type Row = {
  readonly namespace: string;
  readonly helper: HelperName;
  readonly registry: 'own' | 'partner' | 'personal';
  readonly fields: EntryFields;
  readonly caller: (call: CallFacts) => boolean;
};

const rrsa = { rrsaRoleARN: demoNames.rrsaRoleArn, rrsaOIDCProviderRoleARN: demoNames.oidcProviderArn };

const rows: readonly Row[] = [
  { namespace: 'by-rrsa', helper: 'rrsa', registry: 'own', fields: rrsa, caller: byRole(demoNames.rrsaRoleArn) },
  {
    namespace: 'by-rrsa-assumed',
    helper: 'rrsa',
    registry: 'partner',
    fields: { ...rrsa, assumeRoleARN: partnerRoles.rrsa },
    caller: byRole(partnerRoles.rrsa),
  },
  {
    namespace: 'by-key',
    helper: 'rrsa',
    registry: 'own',
    fields: { customAccessKey: demoNames.pullerKey.id, customAccessKeySecret: demoNames.pullerKey.secret },
    caller: ({ accessKeyId }) => accessKeyId === demoNames.pullerKey.id,
  },
  {
    namespace: 'by-key-secret',
    helper: 'rrsa',
    registry: 'own',
    fields: { accessKeySecretRef: 'acr-key' },
    caller: ({ accessKeyId }) => accessKeyId === secretKey.id,
  },
  // Role and provider come from the environment.
  {
    namespace: 'personal-rrsa',
    helper: 'rrsa',
    registry: 'personal',
    fields: {},
    caller: byRole(demoNames.rrsaRoleArn),
  },
  { namespace: 'by-worker', helper: 'worker', registry: 'own', fields: {}, caller: byRole(demoNames.workerRoleArn) },
  {
    namespace: 'by-worker-assumed',
    helper: 'worker',
    registry: 'partner',
    fields: { assumeRoleARN: partnerRoles.worker },
    caller: byRole(partnerRoles.worker),
  },
  {
    namespace: 'personal-worker',
    helper: 'worker',
    registry: 'personal',
    fields: {},
    caller: byRole(demoNames.workerRoleArn),
  },
  { namespace: 'by-managed', helper: 'managed', registry: 'own', fields: {}, caller: byRole(demoNames.managedRoleArn) },
  {
    namespace: 'by-managed-assumed',
    helper: 'managed',
    registry: 'partner',
    fields: { assumeRoleARN: partnerRoles.managed },
    caller: byRole(partnerRoles.managed),
  },
];

describe('every identity and edition, renewed again and again', function () {
  this.timeout(120_000);
  const serviceAccounts = createServiceAccountIssuer(demoNames.oidcIssuer);
  let folder: string;
  let controlPlane: ControlPlane;
  let cloud: AlibabaCloudSimulator;
  let registries: Readonly<Record<'own' | 'partner', Registry>>;
  const helpers: HelperProcess[] = [];
  /** Different passwords that each namespace had, by namespace. */
  const seen = new Map<string, Set<string>>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-identities-'));
    cloud = await startAlibabaCloudSimulator({
      world: createIdentitiesWorld({ registryTokenSeconds: tokenSeconds, openIdKeys: [serviceAccounts.publicKey] }),
    });
    const [plane, own, partner] = await Promise.all([
      startControlPlane(),
      startPushedRegistry(cloud, demoNames.instanceId, demoNames.pusherKey),
      startPushedRegistry(cloud, demoNames.partnerInstanceId, partnerPusherKey),
    ]);
    controlPlane = plane;
    registries = { own, partner };
    cloud.calls.clear();
    await Promise.all((['rrsa', 'worker', 'managed'] as const).map((name) => configure(name)));
    helpers.push(await startRrsa(), startPlain('worker'), await startManaged());
  });

  after(async () => {
    await Promise.all(helpers.map((helper) => helper.stop()));
    await Promise.all([
      controlPlane?.stop(),
      registries?.own.stop(),
      registries?.partner.stop(),
      cloud?.stop(),
      rm(folder, { recursive: true, force: true }),
    ]);
  });

  /** A ConfigMap for each helper, and namespaces that no other helper serves. */
  async function configure(name: HelperName): Promise<void> {
    const cluster = clusterOf(name);
    const own = rows.filter(({ helper }) => helper === name);
    await cluster.createNamespace(`config-${name}`);
    for (const namespace of [...own.map((row) => row.namespace), `everything-${name}`])
      await cluster.createNamespace(namespace);
    if (name === 'rrsa') {
      const pair = { 'access-key-id': secretKey.id, 'access-key-secret': secretKey.secret };
      await cluster.createSecret('config-rrsa', 'acr-key', pair);
    }
    const data = {
      'watch-namespace': [...own.map((row) => row.namespace), `everything-${name}`].join(','),
      'acr-registry-info': registryInfo(...own.map((row) => entryOf(row))),
      ...(name === 'rrsa' ? { rrsa: 'enable: true' } : {}),
    };
    await cluster.writeConfigMap(data, `config-${name}`);
  }

  function entryOf({ namespace, helper, registry, fields }: Row): EntryFields {
    const namespaces = `${namespace},everything-${helper}`;
    if (registry === 'personal') return { instanceId: '', namespaces, domains: personalHost, ...fields };
    const instanceId = registry === 'own' ? demoNames.instanceId : demoNames.partnerInstanceId;
    const domains = registries[registry].host;
    return { instanceId, regionId: demoNames.regionId, domains, namespaces, ...fields };
  }

  function clusterOf(name: HelperName): ClusterClient {
    return new ClusterClient(controlPlane, `pull-${name}`);
  }

  function startPlain(name: HelperName, environment: Readonly<Record<string, string>> = {}): HelperProcess {
    const more = ['--config-map', `config-${name}/acr-configuration`, '--secret-name', `pull-${name}`];
    return startHelper({ controlPlane, cloud, more, environment });
  }

  async function startRrsa(): Promise<HelperProcess> {
    const file = join(folder, 'oidc-token');
    const token = serviceAccounts.mintToken({
      namespace: 'kube-system',
      serviceAccount: 'aliyun-acr-credential-helper',
      audience: demoNames.oidcAudience,
      issuedAt: Date.now(),
      lifetimeSeconds: 3600,
    });
    await writeFile(file, token);
    return startPlain('rrsa', {
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: file,
      ALIBABA_CLOUD_ROLE_ARN: demoNames.rrsaRoleArn,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: demoNames.oidcProviderArn,
    });
  }

  async function startManaged(): Promise<HelperProcess> {
    const file = join(folder, 'token-config');
    await writeFile(file, managedRoleTokenFile(cloud.openRoleSession(demoNames.managedRoleArn, 3600)));
    return startPlain('managed', { ALIBABA_CLOUD_ACK_ADDON_TOKEN_PATH: file });
  }

  /** Waits for a content that the namespace did not have yet. */
  async function untilNext({ namespace, helper, registry }: Row): Promise<string> {
    const cluster = clusterOf(helper);
    const passwords = seen.get(namespace) ?? new Set();
    seen.set(namespace, passwords);
    return waitUntil(`content ${passwords.size + 1} of ${namespace}`, tokenSeconds, async () => {
      const config = await cluster.dockerConfig(namespace);
      const password = passwordsOf(config ?? '{"auths":{}}')[hostOf(registry)];
      if (config === undefined || password === undefined || passwords.has(password)) return undefined;
      passwords.add(password);
      return config;
    });
  }

  function hostOf(registry: Row['registry']): string {
    return registry === 'personal' ? personalHost : registries[registry].host;
  }

  async function assertPulls({ namespace, registry }: Row, config: string): Promise<void> {
    if (registry === 'personal') {
      const authorization = `Basic ${Buffer.from(`cr_temp_user:${passwordsOf(config)[personalHost]}`).toString('base64')}`;
      const answer = await fetch(`${cloud.registryTokenUrl}?service=${personalHost}`, { headers: { authorization } });
      return assert.equal(answer.status, 200, namespace);
    }
    const pulled = await pullTinyImage(`${registries[registry].host}/shop/web:1`, config);
    assert.deepEqual(pulled, { kind: 'pulled', text: 'hello' }, namespace);
  }

  it(`a registry accepts what is in the Secret at first and after each of ${renewals} renewals, whoever signs`, async () => {
    await Promise.all(
      rows.map(async (row) => {
        for (let content = 0; content <= renewals; content++) await assertPulls(row, await untilNext(row));
      }),
    );
  });

  it('each registry costs exactly one token call per renewal, however many namespaces have it', async () => {
    const callsOf = ({ registry, caller }: Row): number =>
      cloud.calls
        .matching({ action: 'GetAuthorizationToken', code: 'success' })
        .filter((call) => caller(call) && (call.version === '2016-06-07') === (registry === 'personal')).length;
    for (const row of rows) {
      await waitUntil(`as many contents of ${row.namespace} as calls`, 5, async () => {
        const config = await clusterOf(row.helper).dockerConfig(row.namespace);
        seen.get(row.namespace)?.add(passwordsOf(config ?? '')[hostOf(row.registry)] ?? '');
        return callsOf(row) === seen.get(row.namespace)?.size ? true : undefined;
      }).catch(() => assert.equal(callsOf(row), seen.get(row.namespace)?.size, row.namespace));
    }
  });

  it('each session costs one call for all its sources, and none is asked for that nobody needs', () => {
    const count = (action: string): number => cloud.calls.count({ action });
    assert.deepEqual(
      {
        byOpenId: count('AssumeRoleWithOIDC'),
        assumed: count('AssumeRole'),
        workerRole: count('metadata.credentials'),
        endpoints: count('ListInstanceEndpoint'),
      },
      // The role that the entries name is the one that the environment names.
      { byOpenId: 1, assumed: 3, workerRole: 1, endpoints: 0 },
    );
  });

  it('a namespace with several credentials for one host has each in a Secret of its own, and every reference', async () => {
    assert.deepEqual(await clusterOf('rrsa').pullSecrets('everything-rrsa', 'default'), [
      'pull-rrsa',
      'pull-rrsa-1',
      'pull-rrsa-2',
    ]);
    assert.deepEqual(await clusterOf('worker').pullSecrets('everything-worker', 'default'), ['pull-worker']);
  });

  it('the cloud saw no rule broken and no nonce twice', () => {
    assert.deepEqual(cloud.violations(), []);
    const nonces = cloud.calls.all().flatMap(({ nonce }) => (nonce === '' ? [] : [nonce]));
    assert.equal(new Set(nonces).size, nonces.length);
    assert.ok(nonces.length > rows.length * renewals);
  });
});

function byRole(roleArn: string): Row['caller'] {
  const [, account, name] = /^acs:ram::(\d+):role\/(.+)$/.exec(roleArn) ?? [];
  const prefix = `acs:ram::${account}:assumed-role/${name}/`.toLowerCase();
  return ({ principalArn }) => principalArn.toLowerCase().startsWith(prefix);
}

/** A registry of that instance with an image in it. */
async function startPushedRegistry(
  cloud: AlibabaCloudSimulator,
  instanceId: string,
  key: { readonly id: string; readonly secret: string },
): Promise<Registry> {
  const registry = await startRegistry({
    tokenRealm: cloud.registryTokenUrl,
    service: instanceId,
    issuer: registryTokenIssuer,
    rootCertificatePem: cloud.registryCertificatePem,
  });
  const { body } = await callSigned({
    url: cloud.url,
    host: `cr.${demoNames.regionId}.aliyuncs.com`,
    action: 'GetAuthorizationToken',
    version: '2018-12-01',
    key,
    query: { InstanceId: instanceId },
  });
  const auth = Buffer.from(`cr_temp_user:${body.AuthorizationToken ?? ''}`).toString('base64');
  const config = JSON.stringify({ auths: { [registry.host]: { auth } } });
  const pushed = await pushTinyImage(`${registry.host}/shop/web:1`, 'hello', config);
  assert.equal(pushed.exitCode, 0, pushed.stderr);
  return registry;
}
