import { problemCatalog } from '../../common/domain/configuration/problems/problem-catalog.ts';
import { entryFields, rrsaFields, webhookFields } from '../../common/domain/configuration/entries/field-schema.ts';
import { keys, type SettingSchema } from '../../common/domain/configuration/schema.ts';

/** `docs/configuration.md`, made from the schema and the catalog of problems: what is written here is what the reader does. */
export function renderConfigurationPage(): string {
  const parts = [
    '# Configuration',
    '<!-- Made by tests/docs/configuration-page.ts from the schema. Edit that, not this file. -->',
    intro,
    '```yaml\n' + exampleManifest + '```',
    '## Keys',
    table(keys),
    '## Fields of an entry of `acr-registry-info`',
    table(entryFields),
    entryNotes,
    '## Fields of `rrsa`',
    table(rrsaFields),
    '## Fields of `webhook-configuration`',
    table(webhookFields),
    '## Names, globs and exclusions',
    nameNotes,
    '## Examples',
    ...[...keys].filter((key) => key.origin !== 'old').map((key) => example(key)),
    '## What is tolerated',
    toleranceNotes,
    '## Problems',
    problemNotes,
    ...Object.entries(problemCatalog).map(([code, { severity, meaning }]) => `### ${code}\n\n${severity}. ${meaning}`),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The ConfigMap at the top of the page. */
export const exampleManifest = `apiVersion: v1
kind: ConfigMap
metadata:
  name: acr-configuration
  namespace: kube-system
data:
  watch-namespace: all
  service-account: default
  acr-registry-info: |
    - instanceId: cri-a1b2c3d4e5f6g7h8
      regionId: cn-hangzhou
    - instanceId: ""
`;

const intro = `One ConfigMap, \`kube-system/acr-configuration\`, says what is done. A ConfigMap written for
\`aliyun-acr-credential-helper\` works unchanged; what this program adds is marked "extension". Every value is a string; lists
and mappings are YAML or JSON inside the string. A change is taken over without a restart, and a broken one never is: the last
good configuration stays in force. \`acr-credential-helper check FILE\` says the same as the running helper, before it gets there.`;

const entryNotes = `Who signs for an entry: \`customAccessKey\` with its secret; else \`accessKeySecretRef\`; else RRSA if \`rrsa\` is enabled;
else the cluster's own role. \`assumeRoleARN\` is taken on by that identity. No entry at all stands for one Personal Edition
entry of the cluster's own region. Two entries may want different credentials for the same host: the second goes into a Secret
of its own.`;

const nameNotes = `\`watch-namespace\`, \`service-account\` and the field \`namespaces\` take a comma list. \`*\` stands for any text and \`?\` for one
character; \`!\` in front excludes, and an exclusion always wins. \`all\` in \`watch-namespace\` and \`namespaces\` is every namespace.
In \`service-account\`, \`all\` is the account of that name, as in the original: \`*\` is every account. A namespace or ServiceAccount
with the annotation \`acr-credential-helper/ignore: "true"\` is left alone whatever the lists say. Selectors are label-selector
text as \`kubectl -l\` takes it; a name has to match the list and the selector.`;

const toleranceNotes = `Slips with one meaning only are read, and said as warnings with the normal form: a missing space after \`:\`, \`//\` comments,
tabs, full-width punctuation, \`=\` for \`:\`, \`"a","b"\` without brackets, a YAML list for a comma list, wrong indentation, a
missing dash, \`*\` or \`•\` for it, CR LF, a byte order mark, JSON, quotes around the whole, a comma or semicolon at the end of a value,
a region in capitals, \`https://host\` for a host. Where two readings are possible nothing is guessed: that
is an error that names both.`;

const problemNotes = `Every problem has a code, a place (key, entry from 0, line and column) and what to write instead. An error keeps the last good
configuration in force. No message shows a secret.`;

function table(settings: readonly SettingSchema[]): string {
  const rows = settings.map((setting) => {
    const { name, limits, meaning, origin } = setting;
    const extension = origin === 'extension' ? ' *(extension)*' : origin === 'old' ? ' *(ignored)*' : '';
    return `| \`${name}\` | ${cell(setting.default)} | ${limits} | ${meaning}${extension} |`;
  });
  return ['| name | default | limits | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** A default is shown as code unless it is a sentence or holds code itself. */
function cell(value: string): string {
  if (value === '') return 'none';
  return /[`’]|^every /.test(value) ? value : `\`${value}\``;
}

function example({ name, example: value }: SettingSchema): string {
  const text = value.includes('\n') ? `|\n${value.replaceAll(/^/gm, '  ')}` : JSON.stringify(value);
  return `\`\`\`yaml\n${name}: ${text}\n\`\`\``;
}
