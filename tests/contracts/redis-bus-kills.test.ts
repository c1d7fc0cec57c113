import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Redis } from 'ioredis';

import { parseRedisUrl } from '../../common/domain/redis-url.ts';
import { urgencies } from '../../common/domain/urgency.ts';
import type { Bus } from '../../queues/bus.ts';
import { openRedisBus } from '../../queues/redis-bus.ts';
import { busLedger, type BusLedger } from '../fixtures/bus-ledger.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { openScratch, type Scratch, type StartedProcess } from '../real-parts/scratch.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

describe('Redis bus when its processes are killed', function () {
  this.timeout(60_000);
  const prefix = '{kills}';
  let redis: RedisServer;
  let scratch: Scratch;
  let client: Redis;
  let ledger: BusLedger;
  let bus: Bus;

  before(async () => {
    redis = await startRedis();
    scratch = openScratch('bus-workers');
    client = new Redis(redis.url);
    ledger = busLedger(client, prefix);
    bus = await openRedisBus({ target: parseRedisUrl(redis.url), prefix });
  });
  after(async () => {
    await bus.close();
    client.disconnect();
    await scratch.remove();
    await redis.stop();
  });

  const startWorker = (): StartedProcess => {
    const program = new URL(`../fixtures/bus-worker${extname(import.meta.url)}`, import.meta.url);
    return scratch.start(process.execPath, [fileURLToPath(program), redis.url, prefix]);
  };
  const publish = async (names: readonly string[]): Promise<void> => {
    for (const name of names) await ledger.publish(name);
    const urgency = urgencies[Math.floor(Math.random() * urgencies.length)]!;
    await bus.publish(
      'namespace.sync',
      names.map((namespace) => ({ data: { namespace, cause: 'sweep' }, urgency })),
    );
  };

  it('every name is handled after its last publish, and never twice at once', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `ns-${String(index)}`);
    let workers = [startWorker(), startWorker()];
    // Each of its handlings but the last ends the process that runs it.
    await publish(['killer-2']);
    for (let round = 0; round < 6; round++) {
      await waitUntil('a worker', 30, async () =>
        workers[0]!.output().includes('ready') || workers[0]!.hasEnded() ? true : undefined,
      );
      for (let part = 0; part < 4; part++) {
        await publish(names.filter(() => Math.random() < 0.5));
        await sleep(40);
      }
      const [victim, ...others] = workers;
      await victim!.end('SIGKILL');
      workers = [...others, startWorker()].map((worker) => (worker.hasEnded() ? startWorker() : worker));
    }
    await publish(names);
    await waitUntil('every name to be handled', 40, async () => {
      workers = workers.map((worker) => (worker.hasEnded() ? startWorker() : worker));
      return (await ledger.unhandled()).length === 0 ? true : undefined;
    });
    assert.deepEqual(await ledger.twiceAtOnce(), []);
    assert.ok((await ledger.handlings('killer-2')) >= 3);
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
  });

  it('a process that is busy for more than two seconds keeps its message', async () => {
    const workers = [startWorker(), startWorker()];
    const before = await ledger.handlings('busy-shop');
    await publish(['busy-shop']);
    await waitUntil('the busy name to be handled', 30, async () =>
      (await ledger.unhandled()).length === 0 ? true : undefined,
    );
    assert.deepEqual(await ledger.twiceAtOnce(), []);
    assert.equal(before, 0);
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
  });
});
