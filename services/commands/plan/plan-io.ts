import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Configuration } from '../../../common/domain/configuration/configuration.ts';
import { describeProblem } from '../../../common/domain/configuration/problems/problem.ts';
import type { PlannedChange } from '../../../common/domain/plan/planned-change.ts';
import type { Settings } from '../../../common/runtime/settings.ts';
import { buildLookingWorld, type LookingWorld } from '../../wiring-commands.ts';
import { checkOne } from '../check.ts';
import { readConfiguration, readLastGood, readStoredNames } from '../read-configuration.ts';
import { openTerminal, readOutputFormat, type Terminal } from '../screen/terminal.ts';
import { renderChange, renderSummary } from './plan-text.ts';
import { planCluster } from './plan.ts';

export type PlanFlags = {
  readonly output: unknown;
  /** A manifest to plan with instead of the ConfigMap in the cluster. */
  readonly file: unknown;
  /** Exit 1 when anything would be written. */
  readonly expectNone: boolean;
};

/** `plan` on a real cluster and real streams. Exit code 1: the configuration has errors, or `expectNone` and there is something to do. Throws `Failure`. */
export async function printPlan(settings: Settings, { output, file, expectNone }: PlanFlags): Promise<number> {
  const format = readOutputFormat(output);
  const terminal = openTerminal();
  const world = await buildLookingWorld(settings);
  try {
    const next = await configurationFor(file, settings, world);
    if (next.configuration === undefined) return refuse(next.problems, format, terminal);
    const changes: PlannedChange[] = [];
    const result = await planCluster(
      { lists: world.lists, clock: Date.now },
      {
        ...next,
        configuration: next.configuration,
        secretName: settings.secretName,
        storedNames: await readStoredNames(world.names),
        allowedHosts: settings.allowedHosts,
        region: settings.region,
        progress: (what, done, total) => terminal.progress.tell(what, done, total),
        tell: (change) => {
          if (format === 'json') changes.push(change);
          else terminal.write(renderChange(change, terminal));
        },
      },
    );
    terminal.progress.end();
    const { namespace, name } = settings.configMap;
    if (format === 'json') terminal.write(JSON.stringify({ ...result, changes }, undefined, 2));
    else renderSummary(result, `${namespace}/${name}`, next.version).forEach(terminal.write);
    return expectNone && Object.keys(result.counts).some((action) => action !== 'leave-alone') ? 1 : 0;
  } finally {
    terminal.progress.end();
    await world.close();
  }
}

type Next = {
  /** Absent: it has errors. */
  readonly configuration?: Configuration | undefined;
  readonly before?: Configuration | undefined;
  /** Hash of the ConfigMap in the cluster, by which a person confirms it; of a file nobody knows it yet. */
  readonly version?: string | undefined;
  readonly isEmptied: boolean;
  readonly problems: readonly string[];
};

async function configurationFor(file: unknown, settings: Settings, { reader, lastGood }: LookingWorld): Promise<Next> {
  const { namespace, name } = settings.configMap;
  const current = await readConfiguration(reader, settings.configMap);
  if (typeof file === 'string') {
    const before = current.kind === 'valid' ? current.configuration : undefined;
    return { ...(await configurationOfFile(file)), before, isEmptied: false };
  }
  if (current.kind === 'missing')
    return { isEmptied: false, problems: [`there is no ConfigMap ${namespace}/${name}; --file plans with a manifest`] };
  if (current.kind === 'invalid') return { isEmptied: false, problems: current.problems };
  const { configuration, version, isEmptied, isConfirmed } = current;
  const inForce = isConfirmed ? undefined : await readLastGood(lastGood);
  // What is in force already is not held back.
  const before = inForce?.version === version ? undefined : inForce?.configuration;
  return { configuration, before, version, isEmptied, problems: [] };
}

async function configurationOfFile(file: string): Promise<Pick<Next, 'configuration' | 'problems'>> {
  const [checked] = await checkOne(file, {
    readFile: (path) => readFile(path),
    readStdin: () => buffer(process.stdin),
  });
  const errors = (checked?.problems ?? []).filter(({ severity }) => severity === 'error');
  return {
    configuration: checked?.configuration,
    problems: errors.map((problem) => `${file}: ${describeProblem(problem)}`),
  };
}

function refuse(problems: readonly string[], format: 'text' | 'json', terminal: Terminal): number {
  if (format === 'json') terminal.write(JSON.stringify({ problems }, undefined, 2));
  else problems.forEach((problem) => terminal.write(`  ✗ ${problem}`));
  terminal.note('No plan: a helper would keep its last good configuration.');
  return 1;
}
