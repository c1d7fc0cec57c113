import assert from 'node:assert/strict';
import type { RegistryEntry } from '../../../common/domain/configuration/configuration.ts';
import type { Identity } from '../../../common/domain/credentials/identity.ts';
import { Failure } from '../../../common/domain/failure.ts';
import { parseSettings } from '../../../common/runtime/settings.ts';
import { configuration, registry } from '../../../tests/fixtures/values.ts';
import type { DoctorWorld } from './doctor-world.ts';
import { diagnose, renderDiagnoses, verdict } from './doctor.ts';

type World = Omit<DoctorWorld, 'signal'>;

function world(parts: Partial<World> = {}): World {
  const settings = parseSettings({ region: 'cn-hangzhou' }, {});
  return {
    settings,
    baseUrl: 'https://api',
    reader: {
      readConfigMap: () => Promise.resolve(undefined),
      readNamespace: () => Promise.reject(new Error('not asked')),
      readPods: () => Promise.resolve([]),
      isAllowed: () => Promise.resolve(true),
      probeWatch: () => Promise.resolve(),
    },
    admission: { capabilities: () => Promise.resolve({ kinds: new Set() }) },
    configuration: () =>
      Promise.resolve({
        kind: 'valid',
        configuration: configuration({ registries: [registry({ regionId: 'cn-hangzhou' })] }),
        version: 'v',
        isConfirmed: false,
        isEmptied: false,
        warnings: [],
      }),
    regions: { findRegion: () => Promise.resolve('cn-hangzhou') },
    openClusterRole: () => Promise.resolve(),
    probe: () => Promise.resolve({ milliseconds: 7, skewMilliseconds: 1000 }),
    askRedis: () => Promise.resolve('7.2 answers'),
    readSealKeys: () => Promise.resolve(1),
    storedNames: () => Promise.resolve([]),
    ...parts,
  };
}

/** The screen, without the first line, which has a time in it. */
async function screenOf(given: World, seconds = 5): Promise<string> {
  const found = await diagnose(given, seconds, () => undefined);
  return [...renderDiagnoses(found, { colour: false }).slice(1), '', verdict(found).sentence].join('\n');
}

describe('doctor', () => {
  it('prints one line for each check, in order, and what the exit code means', async () => {
    assert.equal(
      await screenOf(world()),
      `  ✓ rights         all 19 that 4 roles need
    Secret names   one is enough
  ✓ watch          a watch begins, so no proxy in between holds it up
  ✓ configuration  ConfigMap kube-system/acr-configuration is valid: 1 in acr-registry-info
  ✓ region         cn-hangzhou, by --region
  ✓ identity       the cluster’s role gives a session
  ✓ endpoint       cr-vpc.cn-hangzhou.aliyuncs.com answers in 7 ms
  ✓ endpoint       cr.cn-hangzhou.aliyuncs.com answers in 7 ms
  ✓ clock          1 s from the cloud’s
    Redis          none: one process does everything in memory
    seal key       not needed without Redis
    admission      off; webhook-configuration would switch it on, by the webhook, since the API server has no MutatingAdmissionPolicy

A helper can work here. Exit code 0.`,
    );
  });

  it('names the rights that are missing, with the remedy below', async () => {
    const { reader } = world();
    const screen = await screenOf(
      world({
        reader: {
          ...reader,
          isAllowed: ({ verb, resource }) => Promise.resolve(verb !== 'patch' || resource !== 'serviceaccounts'),
        },
      }),
    );
    assert.match(screen, /✗ rights {9}1 of 19 are missing: patch serviceaccounts\n {19}→ grant them/);
    assert.match(screen, /1 to mend before a helper can work here as configured\. Exit code 1\.$/);
  });

  describe('with one Secret for each domain', () => {
    const name = 'acr-credential-fd7093adaa663688ce5f4e060a1830ca';
    const perDomain = (parts: Partial<World> = {}): World =>
      world({
        ...parts,
        configuration: () =>
          Promise.resolve({
            kind: 'valid',
            configuration: configuration({
              secretNaming: 'per-domain',
              registries: [registry({ domains: ['a.example.com'] })],
            }),
            version: 'v',
            isConfirmed: false,
            isEmptied: false,
            warnings: [],
          }),
      });
    const values = `secrets: { count: 5, extraNames: [${name}] }`;

    it('names those to which a right is missing, and prints what to write into the values of the chart', async () => {
      const { reader } = world();
      const isAllowed: World['reader']['isAllowed'] = (right) =>
        Promise.resolve(right.name !== name || right.verb !== 'patch');
      const screen = await screenOf(perDomain({ reader: { ...reader, isAllowed } }));
      assert.ok(screen.includes(`✗ Secret names   1 of 1 lack a right: ${name}\n`), screen);
      assert.ok(screen.includes(`→ write into the values of the chart, and upgrade: ${values}\n`), screen);
    });

    it('only warns where they are looked at for what the original left', async () => {
      const { reader } = world();
      const read = await perDomain().configuration();
      assert.ok(read.kind === 'valid');
      const takeOver = { ...read.configuration, secretNaming: 'aggregated' as const, takeOver: true };
      const screen = await screenOf({
        ...world({ reader: { ...reader, isAllowed: (right) => Promise.resolve(right.name !== name) } }),
        configuration: () => Promise.resolve({ ...read, configuration: takeOver }),
      });
      assert.ok(
        screen.includes(`! Secret names   1 of 1 lack a right, so that leftovers of the original stay: ${name}\n`),
      );
    });

    it('prints the values also to somebody who may do everything, as an administrator before the installation', async () => {
      const screen = await screenOf(perDomain());
      assert.ok(screen.includes(`✓ Secret names   all rights to 1 more name; in the values of the chart: ${values}\n`));
    });

    it('says that names are not known yet where a registry has to be asked for its domains', async () => {
      const { configuration: ask } = perDomain();
      const read = await ask();
      assert.ok(read.kind === 'valid');
      const { domains: _domains, ...asked } = registry();
      const unknown = { ...read, configuration: { ...read.configuration, registries: [asked] } };
      const screen = await screenOf({ ...world(), configuration: () => Promise.resolve(unknown) });
      assert.match(screen, /! Secret names {3}some depend on domains that no registry has named yet/);
    });

    it('takes the names from the cluster where a helper keeps them', async () => {
      const screen = await screenOf(perDomain({ storedNames: () => Promise.resolve([name, 'acr-credential-b']) }));
      assert.match(screen, /all rights to 2 more names; .*extraNames: \[acr-credential-[0-9a-f]+, acr-credential-b\]/);
    });
  });

  it('takes a failure for a finding, with its hint', async () => {
    const askRedis = (): Promise<string> =>
      Promise.reject(new Failure('redis-policy', 'Redis has maxmemory-policy allkeys-lru'));
    const settings = parseSettings({ region: 'cn-hangzhou', redisUrl: 'redis://127.0.0.1:1' }, {});
    const screen = await screenOf(world({ settings, askRedis }));
    assert.match(screen, /✗ Redis {10}Redis has maxmemory-policy allkeys-lru\n {19}→ set maxmemory-policy noeviction/);
    assert.match(screen, /! seal key .*\n {19}→ give every process the same --seal-key-file/);
  });

  it('does not mind one host of a region that does not answer while the other does', async () => {
    const probe: World['probe'] = ({ host }) =>
      host.startsWith('cr-vpc')
        ? Promise.reject(new Failure('cloud-unreachable', 'no route'))
        : Promise.resolve({ milliseconds: 7 });
    const screen = await screenOf(world({ probe }));
    assert.match(screen, /! endpoint {7}cr-vpc\.cn-hangzhou\.aliyuncs\.com does not answer/);
    assert.match(screen, /A helper can work here; 1 to look at\. Exit code 0\.$/);
  });

  const of = (...registries: readonly RegistryEntry[]): World['configuration'] => {
    const read = { kind: 'valid', version: 'v', isConfirmed: false, isEmptied: false, warnings: [] } as const;
    return () => Promise.resolve({ ...read, configuration: configuration({ registries }) });
  };

  it('says that no endpoint is missing where only the host inside of the VPC answers, as in a cluster without internet', async () => {
    const probe: World['probe'] = ({ host }) =>
      host.startsWith('cr-vpc')
        ? Promise.resolve({ milliseconds: 7 })
        : Promise.reject(new Failure('cloud-unreachable', 'no route'));
    const screen = await screenOf(world({ probe }));
    assert.match(screen, /✓ endpoint {7}cr-vpc\.cn-hangzhou\.aliyuncs\.com answers/);
    assert.match(screen, /! endpoint {7}cr\.cn-hangzhou\.aliyuncs\.com does not answer; another host/);
    assert.match(screen, /A helper can work here; 1 to look at\. Exit code 0\.$/);
  });

  it('names every endpoint, also when one of them cannot be reached', async () => {
    const probe: World['probe'] = ({ host }) =>
      host.includes('hangzhou')
        ? Promise.reject(new Failure('cloud-unreachable', `${host} no such host`))
        : Promise.resolve({ milliseconds: 7 });
    const registries = [registry({ regionId: 'cn-hangzhou' }), registry({ regionId: 'cn-beijing' })];
    const screen = await screenOf(world({ probe, configuration: of(...registries) }));
    assert.match(screen, /! endpoint {7}cr-vpc\.cn-hangzhou\.aliyuncs\.com does not answer\n/);
    assert.match(screen, /✗ endpoint {7}cr\.cn-hangzhou\.aliyuncs\.com no such host\n {19}→ /);
    assert.match(screen, /✓ endpoint {7}cr\.cn-beijing\.aliyuncs\.com answers in 7 ms\n/);
  });

  it('asks STS too where a role is assumed', async () => {
    const identity: Identity = {
      kind: 'assumed-role',
      roleArn: 'acs:ram::1:role/r',
      sessionSeconds: 3600,
      base: { kind: 'cluster-role' },
    };
    assert.match(
      await screenOf(world({ configuration: of(registry({ identity })) })),
      /✓ endpoint {7}sts-vpc\.cn-hangzhou\.aliyuncs\.com .*\n.*✓ endpoint {7}sts\.cn-hangzhou\.aliyuncs\.com /,
    );
  });

  it('says why the cluster’s own role cannot be had, also where --region spares the question for the region', async () => {
    const openClusterRole = (): Promise<void> =>
      Promise.reject(new Failure('worker-role-missing', 'the instance has no RAM role'));
    const screen = await screenOf(world({ openClusterRole }));
    assert.match(
      screen,
      /✓ region {9}cn-hangzhou, by --region\n {2}✗ identity {7}the instance has no RAM role\n {19}→ /,
    );
  });

  it('needs no role of the cluster where every entry has a key pair, or another process fetches', async () => {
    const openClusterRole = (): Promise<void> => Promise.reject(new Failure('worker-role-missing', 'none'));
    const byKey = registry({ identity: { kind: 'access-key-secret', secretName: 'acr-key' } });
    assert.match(
      await screenOf(world({ openClusterRole, configuration: of(byKey) })),
      / identity {7}no entry needs the cluster’s own role\n/,
    );
    const settings = parseSettings({ region: 'cn-hangzhou', role: ['writer'] }, {});
    assert.match(
      await screenOf(world({ openClusterRole, settings })),
      / identity {7}only the role fetcher needs one\n/,
    );
  });

  it('says how far the clock is off', async () => {
    const screen = await screenOf(
      world({ probe: () => Promise.resolve({ milliseconds: 1, skewMilliseconds: -300_000 }) }),
    );
    assert.match(screen, /! clock {10}300 s ahead of the cloud’s; the helper corrects for it/);
  });

  it('names one cause once, however many checks it stops', async () => {
    const { reader } = world();
    const isAllowed = (): Promise<boolean> => Promise.reject(new Failure('kubernetes-unreachable', 'no API server'));
    const found = await diagnose(world({ reader: { ...reader, isAllowed } }), 5, () => undefined);
    assert.deepEqual(
      found.slice(0, 2).map(({ check, mark, says }) => [check, mark, says]),
      [
        ['API server', 'bad', 'no API server'],
        ['rights', 'none', 'not looked at: see API server'],
      ],
    );
  });

  it('waits for no check longer than it is told', async () => {
    const screen = await screenOf(world({ probe: () => new Promise(() => undefined) }), 0.05);
    assert.match(screen, /✗ endpoint {7}no answer within 0\.05 s/);
  });
});
