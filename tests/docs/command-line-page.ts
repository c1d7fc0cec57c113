import { settingTable } from '../../common/runtime/setting-table.ts';
import { commandTable, type CommandRow } from '../../services/commands/table.ts';

type Row = {
  readonly flag: string;
  readonly environment?: string;
  readonly default?: string | number | readonly string[];
  readonly meaning: string;
};

/** `docs/command-line.md`. */
export function renderCommandLinePage(): string {
  const commands = commandTable.map(({ name, does }) => `| \`${name}\` | ${does} |`);
  const flags = Object.values<Row>(settingTable).map(({ flag, environment, default: standard, meaning }) => {
    const long = /--([a-z-]+)/.exec(flag)?.[1] ?? '';
    const own = `\`ACR_HELPER_${long.toUpperCase().replaceAll('-', '_')}\``;
    const variables = environment === undefined ? own : `${own}, \`${environment}\``;
    return `| \`${flag}\` | ${variables} | ${standard === undefined ? '' : `\`${[standard].flat().join(',')}\``} | ${meaning} |`;
  });
  return `# Command line

\`acr-credential-helper COMMAND\`. Exit codes: 0 done, 1 the command says no, 2 it could not be carried out. Unknown flags are errors. Results go to
standard output, progress and notes to standard error; colour only to a terminal, and not with \`NO_COLOR\`.

| command | does |
| --- | --- |
${commands.join('\n')}
${commandTable.map(renderCommand).join('')}
## Flags that several commands share

A flag wins over its environment variable. \`run\` takes all of them. \`demo\` reads only those that begin with \`ACR_HELPER_\`.

| flag | environment | default | meaning |
| --- | --- | --- | --- |
${flags.join('\n')}

These variables have no flag, because Kubernetes and Alibaba Cloud's own tools set them: \`KUBERNETES_SERVICE_HOST\`,
\`KUBERNETES_SERVICE_PORT\`, \`ALIBABA_CLOUD_IMDS_ENDPOINT\`, \`ALIBABA_CLOUD_IMDSV1_DISABLED\`, \`ALIBABA_CLOUD_ROLE_ARN\`,
\`ALIBABA_CLOUD_OIDC_PROVIDER_ARN\`, \`ALIBABA_CLOUD_OIDC_TOKEN_FILE\`, \`ALIBABA_CLOUD_ACK_ADDON_TOKEN_PATH\`.
`;
}

/** The flags of one command; none for `run`, which takes those of the settings. */
function renderCommand({ name, does, arguments: positional = [], settings, options = [] }: CommandRow): string {
  if (name === 'run') return '';
  const usage = ['acr-credential-helper', name, ...positional.map((each) => each.name.toUpperCase())].join(' ');
  const own = [
    ...positional.map(({ name: word, meaning }) => `| \`${word.toUpperCase()}\` |  | ${meaning} |`),
    ...options.map(
      ({ flag, meaning, default: standard }) =>
        `| \`${flag}\` | ${standard === undefined ? '' : `\`${standard}\``} | ${meaning} |`,
    ),
  ];
  const shared = settings.map((setting) => `\`${/--[a-z-]+/.exec(settingTable[setting].flag)?.[0] ?? ''}\``);
  return `
## \`${usage}\`

${does.charAt(0).toUpperCase()}${does.slice(1)}.
${own.length === 0 ? '' : `\n| flag | default | meaning |\n| --- | --- | --- |\n${own.join('\n')}\n`}${shared.length === 0 ? '' : `\nAnd ${shared.join(', ')}: see below.\n`}`;
}
