import { countRequests, type RequestTotal } from '../../real-parts/request-totals.ts';
import { countAttached } from '../change-counter.ts';
import { modes, type Mode } from '../deployment.ts';
import { measureFloor } from '../floor.ts';
import { resetPopulation, type Population } from '../population.ts';
import type { Row, Scenario } from '../scenario.ts';
import { countWrites, type Stage } from '../stage.ts';
import { median } from '../statistics.ts';

type Goals = { readonly ratio: string; readonly memory: string; readonly cpu?: string };

/** From the start of the process until the last account is attached, in a cluster in which nothing is served. */
export function firstStart(namespaces: number, goals: Goals): Scenario {
  const work = `first start ${namespaces.toLocaleString('en')} × 4`;
  return {
    name: `first-start-${namespaces}`,
    does: `${work}, against the same writes of a bare client`,
    async run(stage) {
      const population = await stage.populate(namespaces);
      await stage.configure();
      const floors: number[] = [];
      const starts = new Map<Mode, Start[]>(modes.map((mode) => [mode, []]));
      // The first round warms the API server up.
      await floorOnce(stage, population);
      for (let round = 1; round <= stage.options.rounds; round++) {
        floors.push(await floorOnce(stage, population));
        for (const mode of modes) starts.get(mode)?.push(await startOnce(stage, population, mode));
      }
      return [...starts].flatMap(([mode, runs]) => rowsOf(work, mode, runs, median(floors), goals));
    },
  };
}

type Start = {
  readonly seconds: number;
  readonly writingSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMemoryMiB: number;
  readonly requests: readonly RequestTotal[];
};

/** Watched like the start itself, because a watch costs the API server something for each write. */
async function floorOnce({ client, controlPlane }: Stage, population: Population): Promise<number> {
  const counter = await countAttached(controlPlane);
  const seconds = await measureFloor(client, population);
  await counter.stop();
  await resetPopulation(client, population);
  return seconds;
}

async function startOnce(stage: Stage, population: Population, mode: Mode): Promise<Start> {
  const accounts = population.namespaces.length * population.accountsPerNamespace;
  const counter = await countAttached(stage.controlPlane);
  let start: Omit<Start, 'requests'> | undefined;
  const requests = await stage.countDuring(async () => {
    const deployment = await stage.deploy(mode);
    try {
      const { first, last } = await counter.until(accounts, 240);
      start = {
        seconds: (last - deployment.startedAt) / 1000,
        writingSeconds: (last - first) / 1000,
        cpuSeconds: deployment.cpuSeconds(),
        peakMemoryMiB: deployment.peakMemoryMiB(),
      };
    } catch (error) {
      throw new Error(`${String(error)}\n${deployment.output()}`, { cause: error });
    } finally {
      await deployment.stop();
      await counter.stop();
    }
  });
  await resetPopulation(stage.client, population);
  if (start === undefined) throw new Error('nothing was measured');
  return { ...start, requests };
}

function rowsOf(work: string, mode: Mode, runs: readonly Start[], floor: number, goals: Goals): readonly Row[] {
  const seconds = median(runs.map((run) => run.seconds));
  const writing = median(runs.map((run) => run.writingSeconds));
  const against = (value: number): Pick<Row, 'measured' | 'floor' | 'ratio'> => ({
    measured: `${value.toFixed(2)} s`,
    floor: `${floor.toFixed(2)} s`,
    ratio: (value / floor).toFixed(2),
  });
  const cpu = median(runs.map((run) => run.cpuSeconds)).toFixed(2);
  const memory = Math.max(...runs.map((run) => run.peakMemoryMiB)).toFixed(0);
  return [
    { work: `${work}, from process start`, mode, ...against(seconds), goal: goals.ratio },
    { work: `${work}, first write to last`, mode, ...against(writing), goal: '≤ 1.1 × floor' },
    {
      work: `${work}, requests`,
      mode,
      measured: describeRequests(runs.at(-1)?.requests ?? []),
      goal: 'writes exactly, and paged lists',
    },
    { work: `${work}, CPU of all processes`, mode, measured: `${cpu} s`, goal: goals.cpu ?? '' },
    { work: `${work}, peak memory per process`, mode, measured: `${memory} MiB`, goal: goals.memory },
  ];
}

/** The writes by kind, and everything else by verb. */
function describeRequests(requests: readonly RequestTotal[]): string {
  const secrets = countRequests(requests, { verb: 'APPLY', resource: 'secrets' });
  const accounts = countRequests(requests, { verb: 'PATCH', resource: 'serviceaccounts' });
  const others = [
    ['other writes', countWrites(requests) - secrets - accounts],
    ['lists', countRequests(requests, { verb: 'LIST' })],
    ['reads', countRequests(requests, { verb: 'GET' })],
  ] as const;
  const seen = others.filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`);
  return [`${secrets} Secrets`, `${accounts} accounts`, ...seen].join(', ');
}
