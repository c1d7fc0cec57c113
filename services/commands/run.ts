import { Failure, toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { RoleName } from '../../common/domain/role.ts';
import { keepNurserySmall } from '../../common/runtime/engine.ts';
import { createLogger, type Logger } from '../../common/runtime/logger.ts';
import { Metrics } from '../../common/runtime/metrics.ts';
import { startOpsServer, type OpsServer } from '../../common/runtime/ops-server.ts';
import type { Settings } from '../../common/runtime/settings.ts';
import { Shutdown } from '../../common/runtime/shutdown.ts';
import { version } from '../../common/runtime/version.ts';
import { systemTimers } from '../../queues/timers.ts';
import type { QueueBrowserTools } from '../console/console-tools.ts';
import { createConsole } from '../console/serve-console.ts';
import { createReport } from '../report.ts';
import { roles } from '../roles.ts';
import { followHistory } from '../status/follow-history.ts';
import { readStatus } from '../status/read-status.ts';
import { RecentActivity } from '../status/recent-activity.ts';
import { keepStatus, RecentStatus } from '../status/recent-status.ts';
import { RecentConfiguration } from '../status/recent-configuration.ts';
import { shareStatus } from '../status/status-answers.ts';
import { StatusHistory } from '../status/status-history.ts';
import { buildWorld } from '../wiring.ts';
import { connectTracer } from '../wiring-tracing.ts';
import type { World } from '../world.ts';

export type RunningHelper = {
  readonly ops: OpsServer;
  /** Resolves with what went wrong while stopping. */
  stop(): Promise<readonly string[]>;
};

/** Starts the service and waits for a signal. Answers with the exit code. */
export async function run(settings: Settings): Promise<number> {
  if (settings.redisUrl !== undefined) keepNurserySmall(process.execArgv, process.versions.v8);
  checkTogether(settings);
  const logger = createLogger({ level: settings.logLevel, format: settings.logFormat, destination: process.stderr });
  const stopAsked = nextSignal();
  const starting = startHelper(settings, logger);
  const helper = await Promise.race([starting, stopAsked.then(() => undefined)]);
  if (helper === undefined) return 0;
  logger.info({ version, roles: settings.roles, ops: helper.ops.url }, 'started');
  const signal = await stopAsked;
  logger.info({ signal }, 'stopping');
  const problems = await helper.stop();
  for (const problem of problems) logger.warn({ problem }, 'not stopped cleanly');
  return 0;
}

/** Without Redis nobody else does what this process does not. */
function checkTogether({ roles: chosen, redisUrl }: Settings): void {
  const missing = necessaryRoles.filter((role) => !chosen.includes(role));
  if (redisUrl !== undefined || missing.length === 0) return;
  throw new Failure(
    'setting-invalid',
    `--role is "${chosen.join(',')}" without --redis-url: no process would be the ${missing.join(', nor the ')}`,
    { hint: 'give --redis-url, which processes of several roles share, or leave --role out' },
  );
}

const necessaryRoles: readonly RoleName[] = ['watcher', 'fetcher', 'writer'];

/** Starts every role of the settings in this process. Throws `Failure` for what waiting does not mend; nothing is left running then. */
export async function startHelper(
  settings: Settings,
  logger: Logger,
  ...listeners: readonly Report[]
): Promise<RunningHelper> {
  const startedAt = Date.now();
  const shutdown = new Shutdown();
  const metrics = new Metrics();
  metrics.set('acr_helper_build_info', { version, node: process.version }, 1);
  for (const name of settings.roles) metrics.set('acr_helper_role', { name }, 1);
  try {
    const activity = new RecentActivity(Date.now);
    const history = new StatusHistory(Date.now);
    const typed = new RecentConfiguration();
    const listening = new Set([activity.note, history.note, typed.note, ...listeners]);
    const tracer = await connectTracer({ settings, metrics, shutdown, report: (happening) => report(happening) });
    const report = createReport(logger, metrics, listening, tracer);
    const world = await buildWorld({ settings, metrics, report, tracer, listeners: listening, shutdown });
    followHistory(history, world);
    const status = shareStatus(
      async (everything) => {
        const read = await readStatus(everything, { ...world, activity, startedAt });
        history.see(read.credentials);
        return read;
      },
      () => performance.now(),
    );
    const recent = new RecentStatus({ read: status, timers: systemTimers, now: () => performance.now() });
    keepStatus(recent, shutdown);
    const ops = await startOpsServer({
      address: settings.opsAddress,
      metrics,
      alive: () => world.health.fatal(),
      ready: () => notReady(world),
      status,
      pages: createConsole({
        status: () => recent.fresh(),
        statusAtOnce: () => recent.atOnce(),
        history,
        configuration: typed,
        queues: queueBrowserTools(world),
      }),
    });
    shutdown.add('ops server', () => ops.close());
    await Promise.all(settings.roles.map((role) => roles[role](world)));
    return { ops, stop: () => shutdown.stop() };
  } catch (error) {
    await shutdown.stop();
    throw toFailure(error);
  }
}

function queueBrowserTools({ queueViewer: viewer, configurations }: World): QueueBrowserTools | undefined {
  return viewer === undefined ? undefined : { viewer, configurations };
}

async function notReady({ configurations, observations, health, settings }: World): Promise<readonly string[]> {
  const problems = [...health.problems()];
  try {
    if ((await configurations.read()) === undefined) {
      problems.push(
        `configuration: none in force yet (ConfigMap ${settings.configMap.namespace}/${settings.configMap.name})`,
      );
    }
    if ((await observations.listed('everything')) === undefined) problems.push('cluster: not completely listed yet');
  } catch (error) {
    problems.push(`stores: ${toFailure(error).message}`);
  }
  return problems;
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
