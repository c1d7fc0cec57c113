import { writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { startControlPlane } from '../real-parts/control-plane.ts';
import { startRedis } from '../real-parts/redis.ts';
import { measureFirstStart, type FirstStart } from './first-start.ts';
import { measureFloor } from './floor.ts';
import { benchPools } from './pools.ts';
import { BareClient, populate, resetPopulation } from './population.ts';

/**
 * `npm run bench [-- NAMESPACES ACCOUNTS]`: the first start on a real API server, against the floor in the same run. Prints
 * ratios; asserts nothing about time. `npm run bench -- pools`: renewals beside accounts in trouble.
 */
async function main(): Promise<void> {
  if (process.argv[2] === 'pools') return void (await benchPools());
  const [namespaces = 200, accounts = 4] = process.argv.slice(2).map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'acr-bench-'));
  console.error('starting a real API server, Redis and the simulated cloud …');
  const [controlPlane, redis, cloud] = await Promise.all([
    startControlPlane(),
    startRedis(),
    startAlibabaCloudSimulator({ world: createDemoWorld() }),
  ]);
  const client = new BareClient(controlPlane, 32);
  try {
    console.error(`making ${namespaces} namespaces with ${accounts} accounts each …`);
    const population = await populate(client, namespaces, accounts);
    await writeConfigMap(client);
    await measureFloor(client, population);
    await resetPopulation(client, population);
    const floor = await measureFloor(client, population);
    await resetPopulation(client, population);

    const common = { controlPlane, population, cloudUrl: cloud.url };
    const standalone = await measureFirstStart({ ...common, moreArguments: [] });
    await resetPopulation(client, population);
    const sealKeyFile = join(folder, 'seal.key');
    writeFileSync(sealKeyFile, randomBytes(32).toString('base64'));
    const overRedis = await measureFirstStart({
      ...common,
      moreArguments: ['--redis-url', redis.url, '--seal-key-file', sealKeyFile],
    });
    print({ namespaces, accounts, floor, results: { standalone, 'over Redis': overRedis } });
  } finally {
    await client.close();
    await Promise.all([controlPlane.stop(), redis.stop(), cloud.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeConfigMap(client: BareClient): Promise<void> {
  const data = {
    'watch-namespace': 'bench-*',
    'service-account': '*',
    'acr-registry-info': `- instanceId: ${demoNames.instanceId}\n  regionId: ${demoNames.regionId}\n`,
  };
  await client.send(
    'POST',
    '/api/v1/namespaces/kube-system/configmaps',
    JSON.stringify({ metadata: { name: 'acr-configuration' }, data }),
  );
}

type Results = {
  readonly namespaces: number;
  readonly accounts: number;
  readonly floor: number;
  readonly results: Readonly<Record<string, FirstStart>>;
};

function print({ namespaces, accounts, floor, results }: Results): void {
  const writes = namespaces * (1 + accounts);
  console.log(`\nFirst start, ${namespaces} namespaces × ${accounts} accounts: ${writes} writes`);
  console.log(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown CPU'}\n`);
  console.log(row('', 'seconds', '÷ floor', 'writing', '÷ floor', 'Secrets', 'patches', 'peak MiB', 'CPU s'));
  console.log(
    row('floor', floor.toFixed(2), '1.00', floor.toFixed(2), '1.00', namespaces, namespaces * accounts, '', ''),
  );
  for (const [name, result] of Object.entries(results)) {
    const { seconds, writingSeconds, secretWrites, accountPatches, peakMemoryMiB, cpuSeconds } = result;
    const ratios = [
      seconds.toFixed(2),
      (seconds / floor).toFixed(2),
      writingSeconds.toFixed(2),
      (writingSeconds / floor).toFixed(2),
    ];
    console.log(row(name, ...ratios, secretWrites, accountPatches, peakMemoryMiB.toFixed(0), cpuSeconds.toFixed(2)));
  }
  for (const [name, { requests }] of Object.entries(results)) {
    console.log(`\nRequests, ${name} (the API server's own count):`);
    for (const { verb, resource, code, count } of requests)
      console.log(`  ${String(count).padStart(6)}  ${verb} ${resource} → ${code}`);
  }
}

function row(...cells: readonly (string | number)[]): string {
  return cells.map((cell, index) => (index === 0 ? String(cell).padEnd(12) : String(cell).padStart(9))).join('');
}

await main();
