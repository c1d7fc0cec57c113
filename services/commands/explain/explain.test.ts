import assert from 'node:assert/strict';
import type { ImageReference } from '../../../common/domain/explain/image-reference.ts';
import { Failure } from '../../../common/domain/failure.ts';
import { SecretText } from '../../../common/domain/secret-text.ts';
import { resolveRegistries } from '../../../common/domain/credentials/resolve-registries.ts';
import { parseConfigMap } from '../../../common/domain/configuration/config-map-data.ts';
import type { NamespaceObservation } from '../../../common/domain/namespaces/observation.ts';
import type { PullingPod } from '../../../common/ports/cluster-reader.ts';
import { account, namespace, observation, secret, secretName } from '../../../tests/fixtures/values.ts';
import { renderExplanation } from './explain-text.ts';
import { explainTarget, type ExplainWorld, type Target } from './explain.ts';

const at = new Date(2026, 10, 24, 14, 0, 0).getTime();
const data = {
  'watch-namespace': 'team-*,shop',
  'service-account': '*',
  'acr-registry-info':
    '- instanceId: cri-abcdefgh12345678\n  regionId: cn-hangzhou\n  domains: [a-registry.cn-hangzhou.cr.aliyuncs.com]\n',
};
const { configuration } = parseConfigMap({ data });
assert.ok(configuration !== undefined);
const [id = ''] = resolveRegistries({ configuration }).sources.keys();

function sources(expiresInMinutes: number): string {
  const iso = (minutes: number): string => new Date(at + minutes * 60_000).toISOString();
  const hosts = ['a-registry.cn-hangzhou.cr.aliyuncs.com'];
  return JSON.stringify([{ id, hosts, discovered: false, issuedAt: iso(-19), expiresAt: iso(expiresInMinutes) }]);
}

const web = account({ name: 'web', pullSecrets: [secretName] });
const ours = secret({ sources: sources(41) });
const shop = observation({ accounts: [web], secrets: [ours] });

type Setting = {
  readonly observed?: NamespaceObservation;
  readonly pods?: readonly PullingPod[] | undefined;
  readonly target?: Target;
  readonly configMap?: Readonly<Record<string, string>>;
  readonly lastGood?: Readonly<Record<string, string>> | undefined;
  readonly image?: ImageReference;
};

/** The screen, without colour. */
async function explain({
  observed = shop,
  pods = [],
  target = { namespace: 'shop', account: 'web' },
  configMap = data,
  lastGood,
  image,
}: Setting = {}): Promise<string> {
  const forbidden = new Failure('kubernetes-forbidden', 'no');
  const world: ExplainWorld = {
    reader: {
      readConfigMap: () => Promise.resolve({ resourceVersion: '1', data: configMap }),
      readNamespace: () =>
        Promise.resolve({
          observation: observed,
          writtenAt: new Map([
            [`Secret ${secretName}`, at - 60_000],
            ['ServiceAccount web', at - 90_000],
          ]),
        }),
      readPods: () => Promise.resolve(pods),
      isAllowed: () => Promise.resolve(true),
      probeWatch: () => Promise.resolve(),
    },
    secrets: { readSecret: () => Promise.resolve(new Map([['.dockerconfigjson', new SecretText('{}')]])) },
    names: { read: () => Promise.reject(forbidden) },
    lastGood: {
      read: () =>
        lastGood === undefined ? Promise.reject(forbidden) : Promise.resolve({ version: 'v', data: lastGood }),
    },
    settings: {
      configMap: { namespace: 'kube-system', name: 'acr-configuration' },
      secretName,
      allowedHosts: [],
    },
    helper: 'no helper answers at http://127.0.0.1:9090: ECONNREFUSED',
    image,
    clock: () => at,
  };
  return renderExplanation(await explainTarget(target, world), { colour: false }).join('\n');
}

const note =
  '  ! note           credentials are as the Secret tells, failures are not known: no helper answers at http://127.0.0.1:9090: ECONNREFUSED (--ops-url)';

describe('explain', () => {
  it('walks from the selection to the reference', async () => {
    assert.equal(
      await explain(),
      `shop/web can pull from its 1 registry.

  ✓ selected       watch-namespace "shop" matches shop; service-account "*" matches web
  ✓ cri-abcd…5678  1 domain, expires in 41 min (14:41:00), renews in 21 min, fetched 19 min ago (13:41:00), by the cluster’s role
  ✓ Secret         acr-credential-secret-aggregation, written 13:59:00, matches
  ✓ reference      attached 13:58:30
${note}`,
    );
  });

  it('says which rule left the namespace out, and nothing about what it would have', async () => {
    const observed = observation({ ...shop, name: 'dev', namespace: namespace({ name: 'dev' }) });
    assert.equal(
      await explain({ observed, target: { namespace: 'dev' } }),
      `dev is not selected.

  ✗ not selected  watch-namespace "team-*,shop" does not match dev
${note.replace('note           ', 'note          ')}`,
    );
  });

  it('says that the Secret is not there, and that the account does not name it', async () => {
    const screen = await explain({ observed: observation({ accounts: [account({ name: 'web' })] }) });
    assert.match(screen, /^shop\/web can pull from 0 of 1 registry\./);
    assert.match(screen, /✗ Secret {9}acr-credential-secret-aggregation.* is not there\n {19}→ /);
    assert.match(screen, /✗ reference {6}the account does not name the Secret\n/);
  });

  it('says that the login in the Secret has expired', async () => {
    const screen = await explain({
      observed: observation({ accounts: [web], secrets: [secret({ sources: sources(-1) })] }),
    });
    assert.match(screen, /✗ Secret .* holds a credential that has expired/);
    assert.match(screen, /✗ cri-abcd…5678 {2}no credential since 60 s ago \(13:59:00\)/);
  });

  it('names pods that were admitted before the reference was there', async () => {
    const pod: PullingPod = { name: 'web-7f', account: 'web', pullSecrets: [], images: ['a.io/web'], cannotPull: true };
    const screen = await explain({ pods: [pod, { ...pod, account: 'other', name: 'not-this' }] });
    assert.match(screen, /! pods {11}1 pod cannot pull, admitted before.*: web-7f \(repair-pods is off\)/);
    assert.doesNotMatch(screen, /not-this/);
  });

  it('counts the accounts of a namespace, and names those that lack the reference', async () => {
    const observed = observation({ ...shop, accounts: [web, account({ name: 'late' })] });
    assert.match(
      await explain({ observed, target: { namespace: 'shop' } }),
      /✗ reference {6}1 of 2 accounts attached; not: late/,
    );
  });

  it('goes by the last good configuration where the ConfigMap has errors, as the helper does', async () => {
    const configMap = { 'expiring-threshold': '15' };
    assert.match(
      await explain({ configMap, lastGood: data }),
      /^shop\/web can pull from its 1 registry\.\n[^]*explained by the last good configuration, because ConfigMap kube-system\/acr-configuration has errors: /,
    );
    await assert.rejects(explain({ configMap }), { code: 'configuration-unusable' });
  });

  it('promises nobody that an account will be attached to a Secret that is not ours', async () => {
    const observed = observation({ ...shop, secrets: [secret({ managedBy: 'somebody' })] });
    const screen = await explain({ observed });
    assert.match(screen, /✗ Secret {9}acr-credential-secret-aggregation, written 13:59:00, is not ours/);
    assert.match(screen, / {2}reference {6}none is attached to a Secret that is not ours\n/);
    assert.doesNotMatch(screen, /running helper/);
  });

  it('answers first what --image asked, and says what to do where the registry gave no answer', async () => {
    const screen = await explain({ image: { host: '127.0.0.1:2', repository: 'shop/web', reference: 'sha256:0' } });
    assert.match(screen, /^shop\/web can pull from its 1 registry; whether it can pull this image is not known\.\n/);
    assert.match(
      screen,
      /! image {10}127\.0\.0\.1:2\/shop\/web@sha256:0: 127\.0\.0\.1:2 gave no answer: connection refused .*\n {19}→ check the name/,
    );
  });

  it('refuses a namespace and an account that there are not', async () => {
    const gone = { name: 'shop', accounts: [], secrets: [] };
    await assert.rejects(explain({ observed: gone }), {
      code: 'target-unknown',
      message: 'there is no namespace shop',
    });
    await assert.rejects(explain({ target: { namespace: 'shop', account: 'nobody' } }), { code: 'target-unknown' });
  });
});
