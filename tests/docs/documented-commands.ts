import type { Document, Placed } from './documents.ts';

/** A command of a fence: one line with those that continue it, or a pipe over several lines. */
export type DocumentedCommand = Placed;

/**
 * The commands that a document shows, in their order: every command of a fence marked `sh`, what follows the `$` in one marked
 * `console`, and the lines of an unmarked one that begin with a program of ours; there, two blanks end the command.
 */
export function documentedCommands({ fences }: Pick<Document, 'path' | 'fences'>): readonly DocumentedCommand[] {
  return fences.flatMap(({ language, line, lines }) => {
    const placed = lines.map((text, index) => ({ text, line: line + index + 1 }));
    if (language === 'sh' || language === 'bash') return joined(placed);
    if (language === 'console') {
      return placed.flatMap(({ text, line: at }) => (text.startsWith('$ ') ? { text: text.slice(2), line: at } : []));
    }
    if (language !== '') return [];
    return placed
      .filter(({ text }) => /^(?:npm|npx|helm|kubectl|docker|acr-credential-helper) /.test(text))
      .map(({ text, line: at }) => ({ text: text.split(/ {2,}/)[0] ?? '', line: at }));
  });
}

/** Lines that end with a backslash, a pipe or `&&` go on. Comments and empty lines are left out. */
function joined(lines: readonly Placed[]): readonly DocumentedCommand[] {
  const commands: DocumentedCommand[] = [];
  let begun: Placed | undefined;
  for (const { text, line } of lines) {
    if (begun === undefined && (text.trim() === '' || text.startsWith('#'))) continue;
    const whole: Placed = begun === undefined ? { text, line } : { text: `${begun.text}\n${text}`, line: begun.line };
    if (/(?:\\|\||&&)\s*$/.test(text)) begun = whole;
    else {
      commands.push(whole);
      begun = undefined;
    }
  }
  return begun === undefined ? commands : [...commands, begun];
}
