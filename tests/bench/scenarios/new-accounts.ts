import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../real-parts/wait-until.ts';
import { modes } from '../deployment.ts';
import { inParallel, secretName } from '../population.ts';
import type { Row, Scenario } from '../scenario.ts';
import { served } from '../served.ts';
import type { Stage } from '../stage.ts';
import { describeMilliseconds } from '../statistics.ts';
import { watchLines } from '../watch-lines.ts';

/** From the answer to an account's creation until its reference is seen from outside, at three rates. */
export const newAccounts: Scenario = {
  name: 'new-accounts',
  does: 'new account → attached, by the watch, at 10, 50 and 200 a second',
  async run(stage) {
    await stage.populate(500);
    const floor = describeMilliseconds(await measureFloor(stage));
    const rows: Row[] = [];
    for (const mode of modes) {
      await served(stage, mode, async () => {
        for (const rate of rates) {
          console.error(`  ${mode}: ${rate} accounts a second …`);
          const { latencies, missed } = await createAtRate(stage, rate);
          const measured = `${describeMilliseconds(latencies)}; ${latencies.length} attached, ${missed} missed`;
          rows.push({ work: `new account → attached, ${rate}/s`, mode, measured, floor, goal: goals[mode][rate] });
        }
      });
    }
    return rows;
  },
};

const rates = [10, 50, 200] as const;

const goals = {
  standalone: { 10: 'p50 ≤ 2.5, p99 ≤ 6 ms', 50: 'p50 ≤ 2.5, p99 ≤ 6 ms', 200: 'p99 ≤ 30 ms, none missed' },
  distributed: { 10: 'p50 ≤ 6, p99 ≤ 15 ms', 50: 'p50 ≤ 6, p99 ≤ 15 ms', 200: 'p99 ≤ 60 ms, none missed' },
} as const;

/** One patch of a bare client, with nothing else going on. */
async function measureFloor({ client }: Stage): Promise<readonly number[]> {
  const account = '/api/v1/namespaces/bench-00000/serviceaccounts/floor';
  await client.send('POST', '/api/v1/namespaces/bench-00000/serviceaccounts', '{"metadata":{"name":"floor"}}');
  const latencies: number[] = [];
  for (let count = 0; count < 300; count++) {
    const value = [{ name: `${secretName}-${count}` }];
    const body = JSON.stringify([{ op: 'add', path: '/imagePullSecrets', value }]);
    const startedAt = performance.now();
    await client.send('PATCH', account, body, 'application/json-patch+json');
    latencies.push(performance.now() - startedAt);
  }
  await client.send('DELETE', account);
  return latencies;
}

async function createAtRate(
  { client, controlPlane, options }: Stage,
  rate: number,
): Promise<{ readonly latencies: readonly number[]; readonly missed: number }> {
  const count = rate * options.loadSeconds;
  const created = new Map<string, number>();
  const attached = new Map<string, number>();
  const needle = `"name":"${secretName}"`;
  const watch = await watchLines(controlPlane, { path: '/api/v1/serviceaccounts' }, (line, at) => {
    const name = /"name":"(fresh-[^"]+)"/.exec(line)?.[1];
    if (name !== undefined && line.includes(needle) && !attached.has(name)) attached.set(name, at);
  });
  const paths = Array.from({ length: count }, (_item, index) => {
    const namespace = `bench-${String(index % 500).padStart(5, '0')}`;
    return { name: `fresh-${rate}-${index}`, path: `/api/v1/namespaces/${namespace}/serviceaccounts` };
  });
  const startedAt = performance.now();
  const creations = paths.map(async ({ name, path }, index) => {
    await sleep(startedAt + (index * 1000) / rate - performance.now());
    await client.send('POST', path, JSON.stringify({ metadata: { name } }));
    created.set(name, performance.now());
  });
  await Promise.all(creations);
  const allAttached = async (): Promise<true | undefined> => (attached.size >= count ? true : undefined);
  await waitUntil('every account to be attached', 30, allAttached).catch(() => undefined);
  await watch.stop();
  await inParallel(paths, 32, async ({ name, path }) => void (await client.send('DELETE', `${path}/${name}`)));
  // The watch may be faster than the answer to the creation.
  const latencies = [...attached].map(([name, at]) => Math.max(0, at - (created.get(name) ?? at)));
  return { latencies, missed: count - attached.size };
}
