import {
  continuationLine,
  countPart,
  isQuote,
  markWeight,
  mend,
  refuse,
  report,
  reportEquals,
  reportWide,
  type Scan,
} from './tidy-scan.ts';

/** Brackets and braces, and their full-width forms. */
export const bracketKinds: Readonly<Record<string, { readonly plain: string; readonly opens: boolean }>> = {
  '[': { plain: '[', opens: true },
  '{': { plain: '{', opens: true },
  ']': { plain: ']', opens: false },
  '}': { plain: '}', opens: false },
  '［': { plain: '[', opens: true },
  '｛': { plain: '{', opens: true },
  '］': { plain: ']', opens: false },
  '｝': { plain: '}', opens: false },
};

/** Passes a bracket; refuses the text where one closes what it cannot. */
export function tidyBracket(scan: Scan, character: string): void {
  const { plain, opens } = bracketKinds[character] ?? { plain: character, opens: false };
  const at = scan.at++;
  countPart(scan, markWeight);
  if (character !== plain) {
    mend(scan, at, 1, plain);
    reportWide(scan, character, plain, at);
  }
  if (opens) {
    scan.openBrackets.push({ at, plain, onField: scan.lines.at(-1)?.kind === 'field' });
    return;
  }
  const open = scan.openBrackets.pop();
  if (open?.plain !== (plain === ']' ? '[' : '{')) refuseBracket(scan, at, plain, open?.plain);
}

/**
 * Inside braces: `{instanceId:"x"}`, `{instanceId = "x"}`, `{instanceId：x}`. Answers whether the name of a field was passed;
 * the scan then stands behind its colon.
 */
export function tidyFlowKey(scan: Scan): boolean {
  const { text, at } = scan;
  const key = /([A-Za-z][\w.-]{0,63})([ \t]*)([:：=＝])(\s?)/y;
  key.lastIndex = at;
  const [whole, name = '', space = '', sign = '', after = ''] = key.exec(text) ?? [];
  if (whole === undefined) return false;
  if (!scan.isField(name) && !(after === '' && isQuote(text[at + whole.length] ?? ''))) return false;
  const signAt = at + name.length + space.length;
  scan.at = signAt + 1;
  countPart(scan);
  if (sign === ':' && after !== '') return true;
  mend(scan, signAt, 1, ': ');
  if (sign === ':') report(scan, 'missing-space', at, signAt + 1, `no space after "${name}:"`, `${name}: …`);
  else if (sign === '：') reportWide(scan, sign, ':', signAt);
  else reportEquals(scan, name, at, signAt + 1);
  return true;
}

/** `{"a": "b" "c": "d"}`: the comma is added so that the rest can be read, but it stays an error. */
export function addMissingComma(scan: Scan): void {
  const next = /\s*(?=["'“‘[{])/y;
  next.lastIndex = scan.at;
  const space = next.exec(scan.text)?.[0];
  if (space === undefined) return;
  const start = scan.at + space.length;
  mend(scan, scan.at, 0, ',');
  report(
    scan,
    'yaml-syntax',
    start,
    start + 1,
    'a comma is missing before this',
    'a comma between two parts of a list or mapping',
  );
}

/**
 * At the start of a line: whether it still belongs to open brackets. A list that a field opened ends where the next field
 * starts: its bracket was forgotten, and is added so that the rest can be read.
 */
export function continueBrackets(scan: Scan): boolean {
  const open = scan.openBrackets[0];
  if (open === undefined) return false;
  if (open.onField && open.plain === '[' && scan.openBrackets.length === 1 && startsField(scan)) {
    mend(scan, scan.at, 0, '        ]\n');
    reportUnclosed(scan, open.at, open.plain);
    scan.openBrackets.pop();
    return false;
  }
  const indent = /[ \t]*/y;
  indent.lastIndex = scan.at;
  const width = indent.exec(scan.text)?.[0].length ?? 0;
  scan.lines.push(continuationLine(scan.at, scan.at + width, width));
  countPart(scan);
  return true;
}

/** Brackets that are still open at the end: the parser would only say so at the end of the text. */
export function reportOpenBrackets(scan: Scan): void {
  const open = scan.openBrackets[0];
  if (open === undefined || scan.refused !== undefined) return;
  reportUnclosed(scan, open.at, open.plain);
  const closing = scan.openBrackets.toReversed().map((bracket) => (bracket.plain === '[' ? ']' : '}'));
  mend(scan, scan.text.length, 0, `\n        ${closing.join('')}`);
}

function startsField(scan: Scan): boolean {
  const field = /[ \t]*(?:-[ \t]+)?["']?([A-Za-z][\w.-]*)["']?[ \t]*[:：=]/y;
  field.lastIndex = scan.at;
  const name = field.exec(scan.text)?.[1];
  return name !== undefined && scan.isField(name);
}

function reportUnclosed(scan: Scan, at: number, plain: string): void {
  const closing = plain === '[' ? ']' : '}';
  report(
    scan,
    'unclosed-bracket',
    at,
    at + 1,
    `"${plain}" is never closed`,
    `"${closing}" at the end of what it holds`,
  );
}

function refuseBracket(scan: Scan, at: number, plain: string, open: string | undefined): void {
  refuse(scan, {
    code: 'unclosed-bracket',
    span: { start: at, end: at + 1 },
    message: open === undefined ? `"${plain}" closes nothing` : `"${plain}" does not close the "${open}" before it`,
    write: 'close every bracket with its own kind, in reverse order',
  });
}
