import type { SettingName } from '../../common/runtime/setting-table.ts';
import type { Settings } from '../../common/runtime/settings.ts';

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
      'kubeConcurrency',
      'kubeQps',
      'sealKeyFile',
      'allowedHost',
      'openapiEndpoint',
      'logLevel',
      'logFormat',
    ],
    execute: async ({ settings }) => (await import('./run.ts')).run(settings()),
  },
  {
    name: 'demo',
    does: 'everything simulated: cloud, API server and helper; --kubeconfig and --redis-url swap in real ones',
    settings: ['redisUrl', 'kubeconfig', 'opsAddress', 'sealKeyFile'],
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
    options: [{ flag: '--output <format>', meaning: 'text or json', default: 'text' }],
    execute: async ({ positional, options }) =>
      (await import('./check-io.ts')).checkFiles(positional, options['output']),
  },
];

export type CommandRow = {
  readonly name: string;
  readonly does: string;
  readonly arguments?: readonly { readonly name: string; readonly meaning: string }[];
  /** Settings that are flags of this command. */
  readonly settings: readonly SettingName[];
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
