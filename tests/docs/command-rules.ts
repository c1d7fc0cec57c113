import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingTable } from '../../common/runtime/setting-table.ts';
import { commandTable } from '../../services/commands/table.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { chartHasValue } from './chart-values.ts';
import { kubectlProblems } from './kubectl-rules.ts';

/** What is wrong with a program call, one sentence each. The first word is the program. */
export function commandProblems([program = '', ...args]: readonly string[]): readonly string[] {
  const rule = rules[program];
  return rule === undefined ? [`${program} is no program that the documents may use`] : rule(args);
}

/** Whether a text that may be prose is meant as a command of ours. */
export function isCommandText(text: string): boolean {
  const [program = '', ...words] = text.split(/\s+/);
  const programs = ['acr-credential-helper', 'npx', 'npm', 'helm', 'kubectl', 'docker'];
  return programs.includes(program) && words.some((word) => !word.startsWith('-'));
}

type Rule = (args: readonly string[]) => readonly string[];

const anything: Rule = () => [];

/** EVERY program of the documents. Those that come with every system take whatever they are given. */
const rules: Readonly<Record<string, Rule>> = {
  'acr-credential-helper': helperProblems,
  npx: ([name, ...args]) => (name === 'acr-credential-helper' ? helperProblems(args) : [`npx ${name}: not of ours`]),
  npm: npmProblems,
  helm: helmProblems,
  kubectl: kubectlProblems,
  docker: dockerProblems,
  git: anything,
  curl: anything,
  grep: anything,
  sort: anything,
  uniq: anything,
  printf: anything,
  md5sum: anything,
  base64: anything,
  head: anything,
  cat: anything,
  cp: anything,
  cosign: anything,
  gh: anything,
  openssl: anything,
};

function helperProblems(args: readonly string[]): readonly string[] {
  const [name = '', ...rest] = args;
  if (isPlaceholder(name) || ['--version', '--help'].includes(name)) return [];
  const row = commandTable.find((command) => command.name === name);
  if (row === undefined) return [`acr-credential-helper has no command ${name}`];
  const flags = new Map(
    [...row.settings.map((setting) => settingTable[setting].flag), ...(row.options ?? []).map(({ flag }) => flag)].map(
      (flag) => [flag.split(' ')[0] ?? '', flag.includes('<')],
    ),
  );
  const { unknown, positional } = readArguments(rest, flags);
  const needed = row.arguments?.length ?? 0;
  const lacksCluster =
    row.settings.includes('kubeconfig') && name !== 'demo' && !rest.some((word) => word.startsWith('--kubeconfig'));
  return [
    // Who reads this sits at a laptop, where nothing is found by itself.
    ...(lacksCluster ? [`${name} needs <file> for --kubeconfig`] : []),
    ...unknown.map((flag) => `${name} has no flag ${flag}`),
    ...(positional.length < needed
      ? [`${name} needs ${row.arguments?.map((argument) => argument.name).join(' ')}`]
      : []),
    ...(needed === 0 && positional.length > 0 ? [`${name} takes no ${positional.join(' ')}`] : []),
  ];
}

/** `flags`: each with whether it takes a value. */
function readArguments(
  args: readonly string[],
  flags: ReadonlyMap<string, boolean>,
): { readonly unknown: readonly string[]; readonly positional: readonly string[] } {
  const unknown: string[] = [];
  const positional: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    const [flag = '', value] = word.split('=', 2);
    if (!word.startsWith('-') || word === '-') positional.push(word);
    else if (!flags.has(flag)) unknown.push(flag);
    else if (flags.get(flag) === true && value === undefined) index += 1;
  }
  return { unknown, positional };
}

function npmProblems([verb, name]: readonly string[]): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  if (verb === 'ci' || (verb === 'test' && scripts['test'] !== undefined)) return [];
  if (verb === 'run' && name !== undefined && (scripts[name] !== undefined || isPlaceholder(name))) return [];
  return [`package.json has no script for npm ${verb} ${name ?? ''}`];
}

/** Flags of helm that take a value. */
const helmFlags = [
  '--namespace',
  '-n',
  '--values',
  '-f',
  '--set',
  '--set-json',
  '--set-string',
  '--timeout',
  '--version',
];
/** Not `--reuse-values`, which takes the values of an older chart without the defaults of the new one. */
const helmSwitches = ['--reset-then-reuse-values', '--create-namespace', '--install', '--wait', '--devel', '--dry-run'];

function helmProblems(args: readonly string[]): readonly string[] {
  const flags = new Map([
    ...helmFlags.map((flag) => [flag, true] as const),
    ...helmSwitches.map((flag) => [flag, false] as const),
  ]);
  const { unknown, positional } = readArguments(args, flags);
  const [verb = '', , chart] = positional;
  const sets = args.flatMap((word, index) =>
    word.startsWith('--set') ? (word.split(/^[^=]*=/)[1] ?? args[index + 1] ?? '') : [],
  );
  const names = sets.flatMap((set) => set.split(/,(?=[\w.-]+=)/)).map((set) => set.split('=')[0] ?? '');
  const needsChart = ['install', 'upgrade', 'template'].includes(verb);
  const isKnown = needsChart || ['test', 'uninstall', 'rollback', 'lint', 'list', 'status', 'history'].includes(verb);
  return [
    ...(isKnown ? [] : [`helm ${verb}: no such command`]),
    ...unknown.map((flag) => `helm ${verb} ${flag}: not known here`),
    ...names.filter((name) => !chartHasValue(name)).map((name) => `the chart has no value ${name}`),
    ...(needsChart && chart !== undefined && chart !== '…' && !existsSync(join(repositoryRoot(), chart, 'Chart.yaml'))
      ? [`${chart} is no chart`]
      : []),
  ];
}

function dockerProblems(args: readonly string[]): readonly string[] {
  const dockerfile = args.flatMap((word, index) => (word === '-f' ? (args[index + 1] ?? '') : []));
  return [
    ...(['build', 'push', 'compose', 'run', 'pull', 'load'].includes(args[0] ?? '')
      ? []
      : [`docker ${args[0]}: not known here`]),
    ...dockerfile.filter((file) => !existsSync(join(repositoryRoot(), file))).map((file) => `there is no ${file}`),
  ];
}

/** Such as `COMMAND`, `X` or `…`, which stand for something. */
function isPlaceholder(word: string): boolean {
  return /^(?:[A-Z][A-Z0-9_-]*|…)$/.test(word);
}
