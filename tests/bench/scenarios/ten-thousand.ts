import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../real-parts/wait-until.ts';
import { openBigCluster, untilServed, writesOf, type BigCluster } from '../big-cluster.ts';
import { modes, startDeployment, type Deployment, type Mode } from '../deployment.ts';
import { secretName } from '../population.ts';
import { redisMemoryMiB } from '../redis-memory.ts';
import type { Row, Scenario } from '../scenario.ts';
import { registries, type Stage } from '../stage.ts';

/** Ten thousand namespaces with five accounts each, on the embedded API server, which holds them in a tenth of the memory. */
export const tenThousand: Scenario = {
  name: 'ten-thousand',
  does: '10,000 × 5 on the embedded API server: memory, the size of the stores, a restart',
  async run(stage) {
    const cluster = await openBigCluster(stage.folder, { 'acr-registry-info': registries.byWorkerRole });
    try {
      const rows: Row[] = [];
      for (const mode of modes) {
        console.error(`  ${mode}: first start …`);
        rows.push(...(await measure({ stage, cluster, mode })));
        await cluster.reset();
      }
      return rows;
    } finally {
      await cluster.close();
    }
  },
};

type Setting = {
  readonly stage: Stage;
  readonly cluster: BigCluster;
  readonly mode: Mode;
};

async function measure(setting: Setting): Promise<readonly Row[]> {
  const { stage, mode } = setting;
  await stage.redis.flush();
  const redisBefore = await redisMemoryMiB(stage.redis.url);
  const first = start(setting);
  const firstStart = await untilServed(setting.cluster, first);
  const redis = (await redisMemoryMiB(stage.redis.url)) - redisBefore;
  const memory = first.peakMemoryMiB();
  await first.stop();
  const restart = await measureRestart(setting);
  const work = '10,000 × 5, embedded API server';
  return [
    { work: `${work}: first start`, mode, measured: `${firstStart.toFixed(1)} s`, goal: '' },
    { work: `${work}: peak memory per process`, mode, measured: `${memory.toFixed(0)} MiB`, goal: '≤ 256 MiB' },
    ...(mode === 'standalone'
      ? []
      : [{ work: `${work}: in Redis`, mode, measured: `${redis.toFixed(1)} MiB`, goal: '≤ 40 MiB' }]),
    {
      work: `${work}: restart, a new account served after`,
      mode,
      measured: `${restart.seconds.toFixed(2)} s`,
      goal: '≤ 5 s',
    },
    {
      work: `${work}: restart, beside that`,
      mode,
      measured: `${restart.writes} writes, ${restart.fetches} fetches; ${restart.memory.toFixed(0)} MiB`,
      goal: '0 writes, 0 fetches',
    },
  ];
}

function start({ stage, cluster, mode }: Setting): Deployment {
  const { cloud, redis, sealKeyFile, options } = stage;
  const { kubeconfigPath } = cluster;
  const { program } = options;
  return startDeployment({ mode, program, kubeconfigPath, cloudUrl: cloud.url, redisUrl: redis.url, sealKeyFile });
}

async function measureRestart(setting: Setting) {
  const { stage, cluster } = setting;
  const { client } = cluster;
  const tokens = { action: 'GetAuthorizationToken', code: 'success' };
  const before = { writes: writesOf(cluster), fetches: stage.cloud.calls.count(tokens) };
  await stage.redis.flush();
  const deployment = start(setting);
  const folder = '/api/v1/namespaces/bench-05000/serviceaccounts';
  await client.send('POST', folder, '{"metadata":{"name":"fresh"}}');
  const isAttached = async (): Promise<true | undefined> =>
    (await client.ask('GET', `${folder}/fresh`)).text.includes(secretName) ? true : undefined;
  try {
    await waitUntil('the new account to be attached', 120, isAttached, 10);
    const seconds = (performance.now() - deployment.startedAt) / 1000;
    await deployment.untilReady();
    await sleep(10_000);
    return {
      seconds,
      writes: writesOf(cluster) - before.writes - 1,
      fetches: stage.cloud.calls.count(tokens) - before.fetches,
      memory: deployment.peakMemoryMiB(),
    };
  } catch (error) {
    throw new Error(`${String(error)}\n${deployment.output()}`, { cause: error });
  } finally {
    await deployment.stop();
    await client.send('DELETE', `${folder}/fresh`);
  }
}
