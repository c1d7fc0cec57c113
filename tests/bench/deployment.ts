import { startHelperProcess, type HelperProcess } from '../fixtures/helper-process.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

/** `standalone`: one process. `distributed`: two watchers, two writers and a fetcher over Redis. */
export type Mode = 'standalone' | 'distributed';

export const modes: readonly Mode[] = ['standalone', 'distributed'];

/** The helper under test, in as many processes as its mode has. */
export type Deployment = {
  /** `performance.now()` when the first process was started. */
  readonly startedAt: number;
  /** Of all processes together. */
  cpuSeconds(): number;
  /** Of the process that had the most. */
  peakMemoryMiB(): number;
  /** Where each process serves its metrics and the status page. */
  opsUrls(): Promise<readonly string[]>;
  /** Resolves when every process says that it is ready. */
  untilReady(): Promise<void>;
  /** Throws with the log of a process that is gone. */
  mustRun(): void;
  /** The end of what the processes logged. */
  output(): string;
  stop(): Promise<void>;
};

export type DeploymentOptions = {
  readonly mode: Mode;
  readonly program: string;
  readonly kubeconfigPath: string;
  readonly cloudUrl: string;
  readonly redisUrl: string;
  readonly sealKeyFile: string;
};

export function startDeployment(options: DeploymentOptions): Deployment {
  const startedAt = performance.now();
  const ended = new Set<HelperProcess>();
  const processes = argumentsOf(options).map((more) => start(options, more));
  for (const helper of processes) void helper.ended.then(() => ended.add(helper));
  const output = (): string => processes.map((helper) => helper.output().slice(-2000)).join('\n---\n');
  return {
    startedAt,
    cpuSeconds: () => processes.reduce((sum, helper) => sum + helper.cpuSeconds(), 0),
    peakMemoryMiB: () => Math.max(...processes.map((helper) => helper.peakMemory())),
    opsUrls: () => Promise.all(processes.map((helper) => helper.opsUrl())),
    untilReady: async () => void (await Promise.all(processes.map(untilReady))),
    mustRun: () => {
      if (ended.size > 0) throw new Error(`${ended.size} process(es) of the helper ended:\n${output()}`);
    },
    output,
    stop: async () => void (await Promise.all(processes.map((helper) => helper.stop()))),
  };
}

function argumentsOf({ mode, redisUrl, sealKeyFile }: DeploymentOptions): readonly (readonly string[])[] {
  if (mode === 'standalone') return [[]];
  const roles = ['watcher', 'watcher', 'fetcher', 'writer', 'writer'];
  return roles.map((role) => ['--role', role, '--redis-url', redisUrl, '--seal-key-file', sealKeyFile]);
}

function start({ kubeconfigPath, cloudUrl, program }: DeploymentOptions, more: readonly string[]): HelperProcess {
  const common = ['--kubeconfig', kubeconfigPath, '--openapi-endpoint', cloudUrl, '--ops-address', '127.0.0.1:0'];
  return startHelperProcess([...common, ...more], { ALIBABA_CLOUD_IMDS_ENDPOINT: cloudUrl }, program);
}

async function untilReady(helper: HelperProcess): Promise<void> {
  const ops = await helper.opsUrl();
  const isReady = async (): Promise<true | undefined> => ((await fetch(`${ops}/readyz`)).ok ? true : undefined);
  await waitUntil('the helper to be ready', 60, isReady, 10);
}
