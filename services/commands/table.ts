import type { SettingName } from '../../common/runtime/setting-table.ts';
import type { Settings } from '../../common/runtime/settings.ts';

const outputOption = { flag: '--output <format>', meaning: 'text or json', default: 'text' };

const opsUrlOption = {
  flag: '--ops-url <url>',
  meaning: 'address of the running helper’s --ops-address',
  default: 'http://127.0.0.1:9090',
};

/** EVERY command. What it does is loaded when it is called, so that each starts fast. */
export const commandTable: readonly CommandRow[] = [
  {
    name: 'run',
    does: 'the service: every role in one process, or the roles that --role names',
    settings: [
      'role',
      'redisUrl',
      'kubeconfig',
      'configMap',
      'region',
      'tokenMode',
      'secretName',
      'opsAddress',
      'webhookAddress',
      'webhookService',
      'webhookUrl',
      'webhookCertDir',
      'kubeConcurrency',
      'kubeQps',
      'sealKeyFile',
      'allowedHost',
      'openapiEndpoint',
      'traceEndpoint',
      'traceRatio',
      'logLevel',
      'logFormat',
    ],
    execute: async ({ settings }) => (await import('./run.ts')).run(settings()),
  },
  {
    name: 'demo',
    does: 'everything simulated: cloud, API server and helper; --kubeconfig and --redis-url swap in real ones',
    settings: ['redisUrl', 'kubeconfig', 'opsAddress', 'sealKeyFile'],
    ignoresCommonVariables: true,
    options: [
      {
        flag: '--once',
        meaning: 'end after a new namespace was served and a credential renewed; exit 1 with the reason otherwise',
      },
    ],
    execute: async ({ settings, options }) =>
      (await import('./demo.ts')).demo({
        settings: settings(),
        once: options['once'] === true,
        write: (line) => void process.stdout.write(`${line}\n`),
      }),
  },
  {
    name: 'check',
    does: 'says everything that is wrong with the configuration in each FILE (- is standard input); exit 1 if there is an error',
    arguments: [{ name: '<file...>', meaning: 'manifest of the ConfigMap, or Helm values' }],
    settings: [],
    options: [outputOption],
    execute: async ({ positional, options }) =>
      (await import('./check-io.ts')).checkFiles(positional, options['output']),
  },
  {
    name: 'plan',
    does: 'what a helper would write to the cluster of the kubeconfig now, as a diff; needs no running helper and no cloud, and writes nothing; exit 0 also when there is something to write, 1 if the configuration has errors',
    settings: ['kubeconfig', 'configMap', 'secretName', 'region', 'allowedHost', 'kubeConcurrency'],
    options: [
      {
        flag: '--file <file>',
        meaning: 'plan with this manifest (- is standard input) instead of the ConfigMap in the cluster',
      },
      { flag: '--expect-none', meaning: 'exit 1 if anything would be written' },
      outputOption,
    ],
    execute: async ({ settings, options }) =>
      (await import('./plan/plan-io.ts')).printPlan(settings(), {
        output: options['output'],
        file: options['file'],
        expectNone: options['expectNone'] === true,
      }),
  },
  {
    name: 'explain',
    does: 'why a namespace or account has, or has not, which credential, until when; exit 1 if it cannot pull from every registry, or not the image',
    arguments: [{ name: '<namespace[/account]>', meaning: 'such as shop or shop/web' }],
    settings: ['kubeconfig', 'configMap', 'secretName', 'region', 'allowedHost'],
    options: [
      {
        flag: '--image <host/repo:tag>',
        meaning: 'ask the registry whether a pod would pull this image; nothing is loaded',
      },
      opsUrlOption,
      outputOption,
    ],
    execute: async ({ positional, settings, options }) =>
      (await import('./explain/explain-io.ts')).printExplanation(settings(), {
        target: positional[0] ?? '',
        image: options['image'],
        opsUrl: options['opsUrl'],
        output: options['output'],
      }),
  },
  {
    name: 'status',
    does: 'credentials, expiry, coverage, backlog and configuration of the running helper, with --output json also a row for every namespace; exit 1 if pods cannot pull',
    settings: [],
    options: [opsUrlOption, outputOption],
    execute: async ({ options }) =>
      (await import('./status/status-io.ts')).printStatus(options['opsUrl'], options['output']),
  },
  {
    name: 'doctor',
    does: 'checks what a helper with these flags needs here: API server, rights, configuration, metadata service, the cluster’s own role, cloud endpoints, clock, Redis, seal key, admission; each with what to do; exit 1 if something is missing',
    settings: [
      'role',
      'kubeconfig',
      'configMap',
      'secretName',
      'region',
      'tokenMode',
      'redisUrl',
      'sealKeyFile',
      'openapiEndpoint',
      'allowedHost',
    ],
    options: [outputOption],
    execute: async ({ settings, options }) =>
      (await import('./doctor/doctor-io.ts')).runDoctor(settings(), options['output']),
  },
  {
    name: 'cleanup',
    does: 'detaches and deletes all that the helper wrote, after it was stopped; can be interrupted and run again; exit 1 if something is left',
    settings: ['kubeconfig', 'configMap', 'secretName', 'kubeConcurrency'],
    options: [
      { flag: '--dry-run', meaning: 'say what would be removed, and remove nothing' },
      {
        flag: '--only-names <name...>',
        meaning: 'look for Secrets of these names only, where the right to list all Secrets is missing; repeatable',
      },
      outputOption,
    ],
    execute: async ({ settings, options }) =>
      (await import('./cleanup-io.ts')).cleanupCluster(settings(), {
        dryRun: options['dryRun'] === true,
        output: options['output'],
        onlyNames: options['onlyNames'],
      }),
  },
];

export type CommandRow = {
  readonly name: string;
  readonly does: string;
  readonly arguments?: readonly { readonly name: string; readonly meaning: string }[];
  /** Settings that are flags of this command. */
  readonly settings: readonly SettingName[];
  /** Only `ACR_HELPER_…` are read: what other tools are told by `KUBECONFIG` or `REDIS_URL` is not meant for this command. */
  readonly ignoresCommonVariables?: true;
  /** Flags that only this command has. */
  readonly options?: readonly { readonly flag: string; readonly meaning: string; readonly default?: string }[];
  /** Answers with the exit code. Throws `Failure`. */
  readonly execute: (invocation: Invocation) => Promise<number>;
};

export type Invocation = {
  readonly options: Readonly<Record<string, unknown>>;
  readonly positional: readonly string[];
  /** Checks the settings. Throws `setting-invalid`. */
  readonly settings: () => Settings;
};
