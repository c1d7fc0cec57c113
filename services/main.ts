import { Command, CommanderError, Option } from 'commander';
import { toFailure } from '../common/domain/failure.ts';
import { settingTable, type SettingName } from '../common/runtime/setting-table.ts';
import { stopWhenNobodyReads } from '../common/runtime/closed-pipe.ts';
import { compileWasmOnce, growSlowly, optimizeLate } from '../common/runtime/engine.ts';
import { parseSettings, readEnvironment } from '../common/runtime/settings.ts';
import { version } from '../common/runtime/version.ts';
import { commandTable, type CommandRow } from './commands/table.ts';
import { misspeltVariables } from './misspelt-variables.ts';

/** The command line. Exit codes: 0 done, 1 the command says no, 2 it could not be carried out. */
async function main(): Promise<void> {
  const program = new Command('acr-credential-helper')
    .description('Keeps image pulls from Alibaba Cloud Container Registry working in a Kubernetes cluster.')
    .version(version)
    .showSuggestionAfterError()
    .exitOverride();
  for (const row of commandTable) {
    const command = program.command(row.name).description(row.does).exitOverride();
    for (const argument of row.arguments ?? []) command.argument(argument.name, argument.meaning);
    for (const setting of row.settings) command.addOption(optionOf(setting, row));
    for (const option of row.options ?? []) command.addOption(ownOption(option));
    command.action(async (...given: readonly unknown[]) => {
      const options = command.opts();
      const positional = given.slice(0, -2).flat().map(String);
      process.exitCode = await row.execute({
        options,
        positional,
        settings: () => parseSettings(options, readEnvironment()),
      });
    });
  }
  warnOfVariables(program);
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = explain(error);
  }
}

/** Every flag reads `ACR_HELPER_<FLAG>`, and some a variable that others already use. */
function optionOf(name: SettingName, { ignoresCommonVariables }: CommandRow): Option {
  const row: { flag: string; meaning: string; environment?: string; default?: string | number | readonly string[] } =
    settingTable[name];
  const option = new Option(row.flag, row.meaning);
  if (row.default !== undefined) option.default(row.default);
  const own = variableOf(option);
  const isOwnSet = readEnvironment()[own] !== undefined;
  const isCommonRead = !isOwnSet && ignoresCommonVariables !== true;
  return option.env(isCommonRead ? (row.environment ?? own) : own);
}

/** A flag that takes a value reads its variable too. */
function ownOption({ flag, meaning, default: standard }: NonNullable<CommandRow['options']>[number]): Option {
  const option = new Option(flag, meaning);
  if (standard !== undefined) option.default(standard);
  return flag.includes('<') ? option.env(variableOf(option)) : option;
}

function warnOfVariables({ commands }: Command): void {
  const read = commands.flatMap(({ options }) => options.map(variableOf));
  for (const { name, meant } of misspeltVariables(Object.keys(readEnvironment()), read))
    process.stderr.write(`warning: ${name} is not read: did you mean ${meant}?\n`);
}

function variableOf({ long }: Option): string {
  return `ACR_HELPER_${(long ?? '').slice(2).toUpperCase().replaceAll('-', '_')}`;
}

/** One clear message, never a stack. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { message, hint, code } = toFailure(error);
  process.stderr.write(`error: ${message}\n  → ${hint} (${code})\n`);
  return 2;
}

optimizeLate(process.execArgv, process.versions.v8);
growSlowly(process.execArgv, process.versions.v8);
compileWasmOnce(process.execArgv, process.versions.v8);
// As a shell ends what writes into a pipe without a reader; `run` and `demo` clean up first.
stopWhenNobodyReads([process.stdout, process.stderr], () => process.kill(process.pid, 'SIGTERM'));
await main();
// Everything was stopped; what a library still waits for (a reconnection, a timer) must not hold the process up.
process.exit();
