import assert from 'node:assert/strict';
import { Failure } from '../../../common/domain/failure.ts';
import { parseSettings } from '../../../common/runtime/settings.ts';
import { configuration, registry } from '../../../tests/fixtures/values.ts';
import type { DoctorWorld } from './check-table.ts';
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
    probe: () => Promise.resolve({ milliseconds: 7, skewMilliseconds: 1000 }),
    askRedis: () => Promise.resolve('7.2 answers'),
    readSealKeys: () => Promise.resolve(1),
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
  ✓ watch          a watch begins, so no proxy in between holds it up
  ✓ configuration  ConfigMap kube-system/acr-configuration is valid: 1 in acr-registry-info
  ✓ region         cn-hangzhou, by --region
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
