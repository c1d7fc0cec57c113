import { cpus } from 'node:os';

import { Metrics } from '../../common/runtime/metrics.ts';
import { parseSettings } from '../../common/runtime/settings.ts';
import { Shutdown } from '../../common/runtime/shutdown.ts';
import type { LoggedCall } from '../../deploy/simulators/alibaba-cloud/call-log.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { startFetcher } from '../../services/fetcher/start-fetcher.ts';
import { buildWorld } from '../../services/wiring.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import { benchAccounts, benchConfiguration, benchRegion, benchWorld, type BenchAccount } from './pools-world.ts';

export type PoolsResult = {
  /** Of the healthy sources alone. */
  readonly alone: RenewalTimes;
  /** Of the same sources beside an account that is throttled and one that hangs. */
  readonly besideTrouble: RenewalTimes;
  /** Median round beside trouble ÷ median round alone. */
  readonly ratio: number;
};

export type RenewalTimes = {
  /** From the first call of a renewal round to the last one, of each round. */
  readonly roundSeconds: readonly number[];
  readonly medianSeconds: number;
  /** Rest of life of the credential that was renewed last of all. */
  readonly leastBeforeExpirySeconds: number;
  /** From one round of a source to its next. */
  readonly medianCycleSeconds: number;
  /** Calls of `GetAuthorizationToken` for healthy sources at the simulator ÷ credentials stored for them. */
  readonly callsPerRenewal: number;
  /** Calls for the accounts in trouble, by what the simulator did. */
  readonly troubledCalls: Readonly<Record<string, number>>;
};

/**
 * 200 sources over 20 accounts, all in one process: how long 180 sources of 18 accounts take to be renewed, alone and beside an
 * account that is throttled and one that hangs. Prints both; asserts nothing about time, but that each renewal costs one call.
 */
export async function benchPools(): Promise<PoolsResult> {
  const accounts = benchAccounts(20, 10);
  const healthy = accounts.slice(0, 18);
  console.error(`renewing ${healthy.length} accounts alone …`);
  const alone = await measureRenewals(healthy, []);
  console.error('renewing them beside one that is throttled and one that hangs …');
  const besideTrouble = await measureRenewals(healthy, accounts.slice(18));
  const result = { alone, besideTrouble, ratio: besideTrouble.medianSeconds / alone.medianSeconds };
  print(result);
  for (const { callsPerRenewal } of [alone, besideTrouble]) {
    if (callsPerRenewal !== 1) throw new Error(`a renewal costs ${callsPerRenewal} calls instead of 1`);
  }
  return result;
}

const tokenSeconds = 20;
const rounds = 5;
/** A call takes as long as one over a network. */
const answerMilliseconds = 100;

async function measureRenewals(
  healthy: readonly BenchAccount[],
  troubled: readonly BenchAccount[],
): Promise<RenewalTimes> {
  const accounts = [...healthy, ...troubled];
  const cloud = await startAlibabaCloudSimulator({ world: benchWorld(accounts, tokenSeconds) });
  const shutdown = new Shutdown();
  const healthyIds = new Set(healthy.flatMap(({ instanceIds }) => instanceIds));
  const leftSeconds: number[] = [];
  let stored = 0;
  try {
    cloud.faults.add({ match: {}, effect: { kind: 'slow-body', milliseconds: answerMilliseconds } });
    const world = await buildWorld({
      settings: parseSettings({ role: ['fetcher'], region: benchRegion, openapiEndpoint: cloud.url }, {}),
      metrics: new Metrics(),
      shutdown,
      report: (happening) => {
        if (happening.kind !== 'credential-stored' || !healthyIds.has(happening.source)) return;
        stored++;
        if (happening.beforeExpirySeconds !== undefined) leftSeconds.push(happening.beforeExpirySeconds);
      },
    });
    await world.configurations.write(benchConfiguration(accounts));
    await world.credentials.markRestored();
    await startFetcher(world);
    await roundsDone(cloud, accounts, 1);
    const [throttled, hanging] = troubled;
    if (throttled !== undefined) cloud.faults.add({ match: { accountId: throttled.id }, effect: { kind: 'throttle' } });
    if (hanging !== undefined) cloud.faults.add({ match: { accountId: hanging.id }, effect: { kind: 'hang' } });
    await roundsDone(cloud, healthy, 1 + rounds);
    // The last answers are on their way when the simulator has counted their calls.
    await waitUntil('the last answers to be stored', 10, async () =>
      stored >= healthyIds.size * (1 + rounds) ? true : undefined,
    );
  } finally {
    await shutdown.stop();
    await cloud.stop();
  }
  const moments = callMoments(cloud, healthy);
  const calls = cloud.calls.matching({ action: 'GetAuthorizationToken' });
  return {
    ...timesOf(moments),
    leastBeforeExpirySeconds: Math.min(...leftSeconds),
    callsPerRenewal: calls.filter(({ instanceId }) => healthyIds.has(instanceId)).length / stored,
    troubledCalls: countByCode(calls.filter(({ instanceId }) => !healthyIds.has(instanceId))),
  };
}

async function roundsDone(
  cloud: AlibabaCloudSimulator,
  accounts: readonly BenchAccount[],
  wanted: number,
): Promise<void> {
  const timeoutSeconds = 30 + wanted * tokenSeconds;
  await waitUntil(
    `${wanted} fetches of every source`,
    timeoutSeconds,
    async () => (callMoments(cloud, accounts).every(({ length }) => length >= wanted) ? true : undefined),
    // Seldom: the simulator and the helper share this process.
    500,
  );
}

/** For every source the moments of its calls that were answered, in ms since the epoch. */
function callMoments(cloud: AlibabaCloudSimulator, accounts: readonly BenchAccount[]): readonly (readonly number[])[] {
  const moments = new Map<string, number[]>(
    accounts.flatMap(({ instanceIds }) => instanceIds.map((instanceId) => [instanceId, []])),
  );
  for (const { instanceId, at } of cloud.calls.matching({ action: 'GetAuthorizationToken', code: 'success' })) {
    moments.get(instanceId)?.push(at);
  }
  return [...moments.values()];
}

/** The first round is no renewal. */
function timesOf(
  moments: readonly (readonly number[])[],
): Pick<RenewalTimes, 'roundSeconds' | 'medianSeconds' | 'medianCycleSeconds'> {
  const roundSeconds = Array.from({ length: rounds }, (_round, index) => {
    const inRound = moments.map((ofSource) => ofSource[index + 1] ?? Number.NaN);
    return (Math.max(...inRound) - Math.min(...inRound)) / 1000;
  });
  const cycles = moments.flatMap((ofSource) => ofSource.slice(1).map((at, index) => at - (ofSource[index] ?? at)));
  return { roundSeconds, medianSeconds: median(roundSeconds), medianCycleSeconds: median(cycles) / 1000 };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}

function countByCode(calls: readonly LoggedCall[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { code } of calls) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

function print({ alone, besideTrouble, ratio }: PoolsResult): void {
  console.log('\nRenewal of 180 sources of 18 accounts, alone and beside one account throttled and one hanging');
  console.log(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown CPU'}`);
  console.log(
    `Tokens of ${tokenSeconds} s, answers after ${answerMilliseconds} ms, ${rounds} rounds, first call to last\n`,
  );
  for (const [name, times] of Object.entries({ alone, 'beside trouble': besideTrouble })) {
    const each = times.roundSeconds.map((seconds) => seconds.toFixed(2)).join('  ');
    console.log(
      `${name.padEnd(15)} median ${times.medianSeconds.toFixed(2)} s   (${each})   every ${times.medianCycleSeconds.toFixed(1)} s, ` +
        `${times.leastBeforeExpirySeconds.toFixed(1)} s before the expiry at the latest, ${times.callsPerRenewal} call per renewal`,
    );
  }
  console.log(`ratio           ${ratio.toFixed(2)}   (goal: 1.20 at most)`);
  const troubled = Object.entries(besideTrouble.troubledCalls).map(([code, count]) => `${count} ${code}`);
  console.log(`calls of the two accounts in trouble: ${troubled.join(', ')}`);
}
