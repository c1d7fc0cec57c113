import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { admissionKinds, admissionObjectNames } from '../../common/domain/admission/admission-objects.ts';
import { keys } from '../../common/domain/configuration/schema.ts';
import { parseConfiguration } from '../../common/domain/configuration/parse-configuration.ts';
import { parseSettings } from '../../common/runtime/settings.ts';
import { settingTable } from '../../common/runtime/setting-table.ts';
import { version } from '../../common/runtime/version.ts';
import { chartFolder, helm, manifestOf, renderChart, type ChartValues, type Manifest } from '../fixtures/chart.ts';
import { generatedManifests } from '../manifests/manifests.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';

const name = 'acr-credential-helper';
const distributed = { mode: 'distributed', redis: { url: 'redis://redis:6379' } } as const;

/** Switches everything on that changes what a role is given. */
const allOptions: ChartValues = {
  webhook: { enabled: true, certificateSecret: 'webhook-tls' },
  cleanupOnUninstall: true,
  kubeQps: 50,
  tracing: { endpoint: 'http://collector:4318', ratio: 0.5 },
  region: 'cn-hangzhou',
  allowedHosts: ['registry.example.com'],
};

describe('the chart', function () {
  this.timeout(60_000);

  it('passes helm lint', async () => {
    const { exitCode, stdout } = await helm(['lint', '--strict', chartFolder()]);
    assert.equal(exitCode, 0, stdout);
  });

  it('has the version of the program', async () => {
    const { version: chart, appVersion } = parse(await readFile(join(chartFolder(), 'Chart.yaml'), 'utf8'));
    assert.deepEqual([chart, appVersion], [version, version]);
  });

  it('knows the keys of the configuration, and no other', async () => {
    const schema = JSON.parse(await readFile(join(chartFolder(), 'values.schema.json'), 'utf8'));
    const known = Object.keys(schema.properties.configuration.properties.data.properties);
    assert.deepEqual(known.toSorted(), keys.map((key) => key.name as string).toSorted());
  });

  it('gives files that are what "npm run manifests" makes of it', async () => {
    for (const [path, text] of await generatedManifests())
      assert.equal(await readFile(join(repositoryRoot(), path), 'utf8'), text, path);
  });

  describe('refuses, with the place,', () => {
    const cases: Readonly<Record<string, readonly [values: ChartValues, says: RegExp]>> = {
      'an unknown value': [{ mod: 'standalone' }, /mod/],
      'an unknown value further down': [{ image: { repo: 'x' } }, /\/image'.*repo/],
      'a mode that there is not': [{ mode: 'ha' }, /\/mode/],
      'an unknown key of the configuration': [
        { configuration: { data: { 'watch-namespaces': 'all' } } },
        /watch-namespaces/,
      ],
      'a wrong type': [{ standalone: { replicas: 'two' } }, /\/standalone\/replicas/],
      'a port out of range': [{ ops: { port: 70_000 } }, /\/ops\/port/],
      'a URL that is no Redis': [{ ...distributed, redis: { url: 'http://redis' } }, /\/redis\/url/],
      'one Secret for each domain without their names': [
        { configuration: { data: { 'secret-naming': 'per-domain' } } },
        /secrets\.extraNames.*md5sum/,
      ],
      'a distributed mode without a Redis': [{ mode: 'distributed' }, /redis\.existingSecret/],
    };
    for (const [what, [values, says]] of Object.entries(cases)) {
      it(what, async () => {
        const { exitCode, stderr } = await helm(['template', name, chartFolder()], values);
        assert.notEqual(exitCode, 0);
        assert.match(stderr, says);
      });
    }
  });

  describe('configuration', () => {
    it('text stays as it is, lists and mappings become the text that the program reads', async () => {
      const data = {
        'watch-namespace': 'all',
        'acr-registry-info': [{ instanceId: 'cri-a1b2c3d4e5f6g7h8', regionId: 'cn-hangzhou' }],
        rrsa: { enable: true },
        attach: false,
      };
      const { data: written } = manifestOf(
        await renderChart({ configuration: { data } }),
        'ConfigMap',
        'acr-configuration',
      );
      const parsed = parseConfiguration(written);
      assert.deepEqual(
        parsed.problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.equal(written['watch-namespace'], 'all');
      assert.equal(written['attach'], 'false');
      assert.match(written['acr-registry-info'], /instanceId: cri-a1b2c3d4e5f6g7h8/);
    });

    it('may want one Secret for each domain, when their names are granted', async () => {
      const extraName = 'acr-credential-fd7093adaa663688ce5f4e060a1830ca';
      const manifests = await renderChart({
        configuration: { data: { 'secret-naming': 'per-domain' } },
        secrets: { extraNames: [extraName] },
      });
      const { rules } = manifestOf(manifests, 'ClusterRole', name) as unknown as { rules: Rule[] };
      const naming = rules.filter(({ resourceNames }) => resourceNames?.includes(extraName));
      assert.deepEqual(
        naming.map(({ verbs }) => verbs),
        [
          ['list', 'watch'],
          ['get', 'create', 'patch', 'delete'],
        ],
      );
    });

    it('is not rendered when it is somebody else’s', async () => {
      const manifests = await renderChart({ configuration: { create: false } });
      assert.deepEqual(kinds(manifests, 'ConfigMap'), []);
    });

    it('Secrets that it names may be read by whoever fetches, and no other', async () => {
      const data = {
        'acr-registry-info': [{ instanceId: 'cri-a', accessKeySecretRef: 'key-a' }, { pullSecretRef: 'mirror' }],
      };
      const manifests = await renderChart({ ...distributed, configuration: { data, referencedSecrets: ['more'] } });
      const { rules } = manifestOf(manifests, 'Role', `${name}-fetcher`) as unknown as { rules: Rule[] };
      const names = rules
        .filter(({ resources }) => resources.includes('secrets'))
        .flatMap(({ resourceNames }) => resourceNames ?? []);
      assert.deepEqual(names, ['alibaba-addon-secret', 'more', 'key-a', 'mirror']);
    });
  });

  for (const [mode, values] of Object.entries({ standalone: {}, distributed })) {
    describe(mode, () => {
      const everything = { ...values, ...allOptions };

      it('starts each role with flags that the program knows', async () => {
        for (const deployment of kinds(await renderChart(everything), 'Deployment').filter(isRole)) {
          const settings = parseSettings(flagsOf(deployment), {});
          const role = deployment.metadata.labels?.['app.kubernetes.io/component'];
          assert.deepEqual(settings.roles.length, role === 'standalone' ? 4 : 1);
        }
      });

      it('names every Secret that a rule about Secrets is for', async () => {
        const rules = kinds(await renderChart(everything), 'ClusterRole', 'Role').flatMap(
          ({ rules: all }) => all as Rule[],
        );
        const unnamed = rules.filter(
          ({ resources, resourceNames }) => resources.includes('secrets') && resourceNames === undefined,
        );
        assert.deepEqual(unnamed, []);
      });

      it('grants no wildcard', async () => {
        const rules = kinds(await renderChart(everything), 'ClusterRole', 'Role').flatMap(
          ({ rules: all }) => all as Rule[],
        );
        assert.doesNotMatch(JSON.stringify(rules), /"\*"/);
      });

      it('lets the writer write every admission object that the program knows, when that is wanted', async () => {
        const manifests = await renderChart(everything);
        const { rules } = manifestOf(
          manifests,
          'ClusterRole',
          mode === 'standalone' ? name : `${name}-writer`,
        ) as unknown as { rules: Rule[] };
        for (const { kind, name: object } of admissionObjectNames) {
          const rule = rules.find(
            ({ resources, resourceNames }) =>
              resources.includes(admissionKinds[kind]) && resourceNames?.includes(object) === true,
          );
          assert.deepEqual(rule?.verbs, ['get', 'create', 'patch', 'delete'], `${kind} ${object}`);
        }
      });

      it('lets nobody write admission objects otherwise', async () => {
        const rules = kinds(await renderChart(values), 'ClusterRole').flatMap(({ rules: all }) => all as Rule[]);
        const verbs = rules
          .filter(({ apiGroups }) => apiGroups.includes('admissionregistration.k8s.io'))
          .flatMap((rule) => rule.verbs);
        assert.deepEqual([...new Set(verbs)], ['get']);
      });

      it('fetches under the account that trust policies name', async () => {
        const fetching = mode === 'standalone' ? name : `${name}-fetcher`;
        const { spec } = manifestOf(await renderChart(values), 'Deployment', fetching);
        assert.equal(spec.template.spec.serviceAccountName, 'aliyun-acr-credential-helper');
      });

      it('mounts the token for RRSA and the managed role’s where it fetches, and nowhere else', async () => {
        for (const deployment of kinds(await renderChart(values), 'Deployment')) {
          const volumes = deployment['spec'].template.spec.volumes ?? [];
          const mounts = new Set(volumes.map((volume: { name: string }) => volume.name));
          const fetches = /standalone|fetcher/.test(deployment.metadata.labels?.['app.kubernetes.io/component'] ?? '');
          assert.equal(mounts.has('rrsa-oidc-token'), fetches);
          assert.equal(mounts.has('addon-token'), fetches);
        }
      });

      it('every container runs without privileges, with requests and a bound on its memory', async () => {
        const workloads = kinds(await renderChart(everything), 'Deployment', 'Job');
        for (const { spec } of workloads) {
          const [container] = spec.template.spec.containers;
          assert.equal(spec.template.spec.securityContext.runAsNonRoot, true);
          assert.equal(container.securityContext.readOnlyRootFilesystem, true);
          assert.deepEqual(container.securityContext.capabilities, { drop: ['ALL'] });
          assert.ok(container.resources.requests.cpu && container.resources.limits.memory);
        }
      });

      it('a budget, a network policy and spreading go with each role', async () => {
        const manifests = await renderChart(everything);
        const named = (kind: string) => kinds(manifests, kind).map(({ metadata }) => metadata.name);
        for (const { metadata, spec } of kinds(manifests, 'Deployment').filter(isRole)) {
          assert.ok(named('PodDisruptionBudget').includes(metadata.name));
          assert.ok(named('NetworkPolicy').includes(metadata.name));
          assert.equal(spec.template.spec.topologySpreadConstraints.length, 2);
        }
      });

      it('every role sends traces to the collector that is named, and is let out to its port', async () => {
        const manifests = await renderChart(everything);
        for (const deployment of kinds(manifests, 'Deployment').filter(isRole)) {
          const { tracing } = parseSettings(flagsOf(deployment), {});
          assert.deepEqual([tracing?.endpoint.href, tracing?.ratio], ['http://collector:4318/v1/traces', 0.5]);
          const { spec } = manifestOf(manifests, 'NetworkPolicy', deployment.metadata.name);
          assert.ok(JSON.stringify(spec.egress).includes('{"port":4318,"protocol":"TCP"}'));
        }
        const untraced = JSON.stringify(await renderChart(values));
        assert.doesNotMatch(untraced, /--trace-|4318/);
      });

      it('puts no password into arguments or variables', async () => {
        const url = 'redis://:s3cr3t@redis:6379';
        const manifests = await renderChart({ ...everything, ...(mode === 'standalone' ? {} : { redis: { url } }) });
        assert.doesNotMatch(JSON.stringify(manifests.filter(({ kind }) => kind !== 'Secret')), /s3cr3t/);
      });
    });
  }

  it('bounds the policy to the accounts of this release', async () => {
    const { spec } = manifestOf(
      await renderChart(distributed, { namespace: 'acr' }),
      'ValidatingAdmissionPolicy',
      `${name}-secrets`,
    );
    assert.match(spec.matchConditions[0].expression, /system:serviceaccount:acr:acr-credential-helper-writer/);
  });

  it('leaves the policy out where the API server does not know its kind', async () => {
    const { stdout } = await helm(['template', name, chartFolder(), '--kube-version', '1.29.0']);
    assert.doesNotMatch(stdout, /ValidatingAdmissionPolicy/);
  });

  it('scales writers on the age of the queue, and then leaves their number alone', async () => {
    const manifests = await renderChart({ ...distributed, writer: { autoscaling: { enabled: true } } });
    assert.equal(
      manifestOf(manifests, 'HorizontalPodAutoscaler', `${name}-writer`)['spec'].metrics[0].external.target.type,
      'Value',
    );
    assert.equal(manifestOf(manifests, 'Deployment', `${name}-writer`)['spec'].replicas, undefined);
  });

  it('keeps the seal key when the release goes', async () => {
    const { metadata } = manifestOf(await renderChart(distributed), 'Secret', `${name}-seal-key`);
    assert.equal(metadata.annotations?.['helm.sh/resource-policy'], 'keep');
  });

  it('cleans up after the release is gone, only when asked', async () => {
    assert.deepEqual(kinds(await renderChart(), 'Job'), []);
    const job = manifestOf(await renderChart({ cleanupOnUninstall: true }), 'Job', `${name}-cleanup`);
    assert.equal(job.metadata.annotations?.['helm.sh/hook'], 'post-delete');
  });
});

type Rule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
};

function kinds(manifests: readonly Manifest[], ...wanted: readonly string[]): readonly Manifest[] {
  return manifests.filter(({ kind }) => wanted.includes(kind));
}

function isRole({ metadata }: Manifest): boolean {
  return metadata.labels?.['app.kubernetes.io/component'] !== 'redis';
}

/** Options by setting name, as the command line would give them; fails for a flag that no setting has. */
function flagsOf(deployment: Manifest): Readonly<Record<string, unknown>> {
  const [, ...args] = deployment['spec'].template.spec.containers[0].args as string[];
  return Object.fromEntries(
    args.map((arg) => {
      const [flag = '', value = ''] = arg.split(/=(.*)/s);
      const setting = Object.entries(settingTable).find(([, row]) => row.flag.startsWith(`${flag} `));
      assert.ok(setting, `${flag} is no flag of the program`);
      return [setting[0], value];
    }),
  );
}
