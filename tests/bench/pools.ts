import { cpus } from 'node:os';

import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { silentTracer } from '../../common/domain/tracing/tracer.ts';
import { Metrics } from '../../common/runtime/metrics.ts';
import { parseSettings } from '../../common/runtime/settings.ts';
import { Shutdown } from '../../common/runtime/shutdown.ts';
import { startAlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { startFetcher } from '../../services/fetcher/start-fetcher.ts';
import { buildWorld } from '../../services/wiring.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import { benchAccounts, benchConfiguration, benchRegion, benchWorld, type BenchAccount } from './pools-world.ts';
import { logRenewals, type Renewal } from './renewal-log.ts';

export type PoolsResult = {
  /** Of the healthy sources alone. */
  readonly alone: RenewalTimes;
  /** Of the same sources beside an account that is throttled and one that hangs. */
  readonly besideTrouble: RenewalTimes;
  /** Median round beside trouble ÷ median round alone. */
  readonly ratio: number;
};

export type RenewalTimes = {
  /** Of each renewal round the longest time from the moment a healthy source was asked for until its token was stored. */
  readonly roundSeconds: readonly number[];
  readonly medianSeconds: number;
  /** In how many looks the healthy sources of each round were asked for: one, when a namespace shall see one write. */
  readonly looks: readonly number[];
  /** From one renewal of a healthy source to its next. */
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
  const configuration = benchConfiguration(accounts);
  const sourceIds = [...resolveRegistries(configuration).sources.keys()];
  const healthySourceIds = [...resolveRegistries(benchConfiguration(healthy)).sources.keys()];
  try {
    cloud.faults.add({ match: {}, effect: { kind: 'slow-body', milliseconds: answerMilliseconds } });
    const world = await buildWorld({
      settings: parseSettings({ role: ['fetcher'], region: benchRegion, openapiEndpoint: cloud.url }, {}),
      metrics: new Metrics(),
      shutdown,
      report: () => undefined,
      tracer: silentTracer,
      listeners: new Set(),
    });
    const log = logRenewals(world.credentials);
    const fetched = async (ids: readonly string[], times: number): Promise<void> => {
      const isDone = (): boolean => ids.every((id) => log.of(id).length >= times);
      const timeoutSeconds = 30 + times * tokenSeconds;
      await waitUntil(`${times} fetches of every source`, timeoutSeconds, async () => (isDone() ? true : undefined));
    };
    await world.configurations.write(configuration);
    await world.credentials.markRestored();
    await startFetcher({ ...world, credentials: log.credentials });
    await fetched(sourceIds, 1);
    const [throttled, hanging] = troubled;
    if (throttled !== undefined) cloud.faults.add({ match: { accountId: throttled.id }, effect: { kind: 'throttle' } });
    if (hanging !== undefined) cloud.faults.add({ match: { accountId: hanging.id }, effect: { kind: 'hang' } });
    await fetched(healthySourceIds, 1 + rounds);
    const renewals = healthySourceIds.map((id) => log.of(id));
    return { ...timesOf(renewals), ...callsOf(cloud.calls.all(), healthy, renewals.flat().length) };
  } finally {
    await shutdown.stop();
    await cloud.stop();
  }
}

/** The first fetch is no renewal. */
function timesOf(
  renewals: readonly (readonly Renewal[])[],
): Pick<RenewalTimes, 'roundSeconds' | 'medianSeconds' | 'looks' | 'medianCycleSeconds'> {
  const ofRound = Array.from({ length: rounds }, (_round, index) =>
    renewals.flatMap((ofSource) => ofSource.slice(index + 1, index + 2)),
  );
  const roundSeconds = ofRound.map((all) => Math.max(...all.map(({ askedAt, storedAt }) => storedAt - askedAt)) / 1000);
  const cycles = renewals.flatMap((ofSource) =>
    ofSource.slice(1).map(({ storedAt }, index) => storedAt - (ofSource[index]?.storedAt ?? storedAt)),
  );
  return {
    roundSeconds,
    medianSeconds: median(roundSeconds),
    looks: ofRound.map((all) => new Set(all.map(({ askedAt }) => askedAt)).size),
    medianCycleSeconds: median(cycles) / 1000,
  };
}

function callsOf(
  all: readonly { readonly action: string; readonly instanceId: string; readonly code: string }[],
  healthy: readonly BenchAccount[],
  stored: number,
): Pick<RenewalTimes, 'callsPerRenewal' | 'troubledCalls'> {
  const healthyIds = new Set(healthy.flatMap(({ instanceIds }) => instanceIds));
  const calls = all.filter(({ action }) => action === 'GetAuthorizationToken');
  const troubledCalls: Record<string, number> = {};
  for (const { instanceId, code } of calls) {
    if (!healthyIds.has(instanceId)) troubledCalls[code] = (troubledCalls[code] ?? 0) + 1;
  }
  return {
    callsPerRenewal: calls.filter(({ instanceId }) => healthyIds.has(instanceId)).length / stored,
    troubledCalls,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

function print({ alone, besideTrouble, ratio }: PoolsResult): void {
  console.log('\nRenewal of 180 sources of 18 accounts, alone and beside one account throttled and one hanging');
  console.log(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown CPU'}`);
  console.log(
    `Tokens of ${tokenSeconds} s, answers after ${answerMilliseconds} ms, ${rounds} rounds, first ask to last token\n`,
  );
  for (const [name, times] of Object.entries({ alone, 'beside trouble': besideTrouble })) {
    const { roundSeconds, medianSeconds, looks, medianCycleSeconds, callsPerRenewal } = times;
    const each = roundSeconds.map((seconds) => seconds.toFixed(2)).join('  ');
    console.log(`${name.padEnd(15)} median ${medianSeconds.toFixed(2)} s   (${each})`);
    const facts = [
      `renewed every ${medianCycleSeconds.toFixed(1)} s`,
      `asked for in ${looks.join(', ')} looks`,
      `${callsPerRenewal} call per renewal`,
    ];
    console.log(`${''.padEnd(15)} ${facts.join('; ')}`);
  }
  console.log(`ratio           ${ratio.toFixed(2)}   (goal: 1.20 at most)`);
  const troubled = Object.entries(besideTrouble.troubledCalls).map(([code, count]) => `${count} ${code}`);
  console.log(`calls of the two accounts in trouble: ${troubled.join(', ')}`);
}
