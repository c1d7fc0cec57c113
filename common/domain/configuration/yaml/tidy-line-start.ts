import {
  continuationLine,
  countPart,
  isQuote,
  lineEnd,
  markWeight,
  mend,
  mendOddSpace,
  oddSpaces,
  report,
  reportEquals,
  reportSlashes,
  reportWide,
  skipLine,
  type Scan,
} from './tidy-scan.ts';

/**
 * Passes the start of a line outside of brackets: indentation, dashes, the name of a field and its colon.
 * Answers whether a value may follow on the line.
 */
export function tidyLineStart(scan: Scan): boolean {
  const { text } = scan;
  const start = scan.at;
  const column = tidyIndentation(scan);
  const first = text[scan.at];
  if (first === undefined) return false;
  if (first === '\n' || first === '\r') {
    scan.at++;
    return false;
  }
  if (isRawText(scan, start, column)) return false;
  if (isCommentStart(scan)) {
    tidyComment(scan);
    return false;
  }
  if (/(?:---|\.\.\.)[ \t]*(?:[\r\n]|$)|%[A-Z]/y.test(text.slice(scan.at, scan.at + 16)) && column === 0) {
    countPart(scan, markWeight);
    skipLine(scan);
    return false;
  }
  const dashes = tidyDashes(scan);
  const contentStart = scan.at;
  const name = tidyFieldName(scan);
  skipTagsAndAnchors(scan);
  if (name !== undefined) blankIndicators(scan);
  const rest = restOfLine(scan);
  const kind = name === undefined ? (rest === '' ? 'dash' : 'text') : 'field';
  scan.lines.push({ kind, start, contentStart, column, dashes, name, empty: rest === '' });
  countPart(scan);
  if (!/^[|>][-+0-9]*[ \t]*(?:#|$)/.test(rest)) return true;
  scan.rawBelowIndent = column;
  skipLine(scan);
  return false;
}

export function isCommentStart(scan: Scan): boolean {
  const { text, at } = scan;
  return text[at] === '#' || text[at] === '＃' || text.startsWith('//', at);
}

export function tidyComment(scan: Scan): void {
  const { text, at } = scan;
  if (text[at] === '＃') {
    mend(scan, at, 1, '#');
    reportWide(scan, '＃', '#', at);
  } else if (text[at] === '/') {
    mend(scan, at, 2, '#');
    reportSlashes(scan, at);
  }
  skipLine(scan);
}

function tidyIndentation(scan: Scan): number {
  const { text } = scan;
  let column = 0;
  let tabAt: number | undefined;
  for (; ; scan.at++) {
    const character = text[scan.at] ?? '';
    if (character === ' ') {
      column++;
    } else if (character === '\t') {
      tabAt ??= scan.at;
      mend(scan, scan.at, 1, '  ');
      column += 2;
    } else if (oddSpaces.has(character)) {
      column += (oddSpaces.get(character) ?? '').length;
      mendOddSpace(scan, character);
      scan.at--;
    } else {
      break;
    }
  }
  const blank = scan.at >= text.length || text[scan.at] === '\n' || text[scan.at] === '\r';
  if (tabAt !== undefined && !blank) {
    report(scan, 'tab', tabAt, tabAt + 1, 'a tab in the indentation', 'two spaces instead of each tab');
  }
  return column;
}

/** A line of a block text (`|`, `>`): nothing in it has a meaning to YAML. */
function isRawText(scan: Scan, start: number, column: number): boolean {
  if (scan.rawBelowIndent === undefined) return false;
  if (column <= scan.rawBelowIndent) {
    scan.rawBelowIndent = undefined;
    return false;
  }
  scan.lines.push(continuationLine(start, scan.at, column));
  skipLine(scan);
  return true;
}

function tidyDashes(scan: Scan): number {
  const { text } = scan;
  let dashes = 0;
  for (;;) {
    const plain = /-(?:[ \t]+|(?=[\r\n]|$))/y;
    plain.lastIndex = scan.at;
    const match = plain.exec(text)?.[0];
    if (match !== undefined) {
      scan.at += match.length;
      dashes++;
      continue;
    }
    const slip = /([-－–—•]|\*(?=[ \t]))([ \t\u3000]*)(?=["'“]?[A-Za-z][\w.-]*["'”]?[ \t]*[:：=]|[ \t])/y;
    slip.lastIndex = scan.at;
    const [whole, sign = '', space = ''] = slip.exec(text) ?? [];
    if (whole === undefined || dashes > 0) return dashes;
    mend(scan, scan.at, whole.length, '- ');
    if (sign !== '-') reportWide(scan, sign, '-', scan.at);
    else if (space === '')
      report(scan, 'missing-space', scan.at, scan.at + 1, 'no space after "-"', '"- " before the first field');
    scan.at += whole.length;
    dashes++;
  }
}

/** The name at the start of a field, with its colon put right; absent if the line is not a field. */
function tidyFieldName(scan: Scan): string | undefined {
  const { text, at } = scan;
  const field = /(["'“”‘’＂]?)([A-Za-z<][\w.<-]*)(["'“”‘’＂]?)([ \t]*)([:：=＝])([ \t]*)/y;
  field.lastIndex = at;
  const match = field.exec(text);
  if (match === null) return tidyMissingColon(scan);
  const [whole, open = '', name = '', close = '', space = '', sign = '', after = ''] = match;
  if ((open === '') !== (close === '')) return undefined;
  const next = text[at + whole.length] ?? '\n';
  const spaced = after !== '' || next === '\n' || next === '\r' || oddSpaces.has(next);
  const clear = open !== '' || isQuote(next) || (scan.isField(name) && !/\d/.test(next));
  const signAt = at + open.length + name.length + close.length + space.length;
  if (sign === ':' ? !spaced && !clear : !clear && !(sign === '：' && spaced)) return undefined;
  tidyNameQuote(scan, open, at);
  tidyNameQuote(scan, close, at + open.length + name.length);
  if (sign !== ':') {
    mend(scan, signAt, 1, after === '' ? ': ' : ':');
    if (sign === '：') reportWide(scan, sign, ':', signAt);
    else reportEquals(scan, name, at, signAt + 1);
  } else if (!spaced) {
    mend(scan, signAt + 1, 0, ' ');
    report(scan, 'missing-space', at, signAt + 1, `no space after "${name}:"`, `${name}: …`);
  }
  scan.at = at + whole.length;
  return name;
}

function tidyNameQuote(scan: Scan, quote: string, at: number): void {
  if (quote === '' || quote === '"' || quote === "'") return;
  const plain = quote === '‘' || quote === '’' ? "'" : '"';
  mend(scan, at, 1, plain);
  reportWide(scan, quote, plain, at);
}

/** `regionId cn-hangzhou`: the colon is added so that the rest can be read, but it stays an error. */
function tidyMissingColon(scan: Scan): string | undefined {
  const { text, at } = scan;
  const bare = /([A-Za-z][\w.-]*)([ \t]+)(?=[^\s:=#/])/y;
  bare.lastIndex = at;
  const [whole, name = ''] = bare.exec(text) ?? [];
  if (whole === undefined || !scan.isField(name)) return undefined;
  mend(scan, at + name.length, 0, ':');
  report(scan, 'missing-colon', at, at + name.length, `no ":" after "${name}"`, `${name}: …`);
  scan.at = at + whole.length;
  return name;
}

/**
 * `instanceId: a, regionId: b` on one line: read as two lines so that the rest can be checked, but it stays an error. Answers
 * whether another field follows; the scan then stands at its value.
 */
export function splitFields(scan: Scan): boolean {
  const { text, at } = scan;
  const field = /([ \t]*[,，;；]?[ \t]*)(["']?)([A-Za-z][\w.-]{0,63})\2[:：](?=[ \t"'“])[ \t]*/y;
  field.lastIndex = at;
  const [whole, gap = '', quote = '', name = ''] = field.exec(text) ?? [];
  const line = scan.lines.at(-1);
  if (whole === undefined || !scan.isField(name) || line?.kind !== 'field') return false;
  const before = /[ \t,，;；]/.test(text[at - 1] ?? '') || gap !== '' ? trimBack(text, at) : at;
  const start = at + gap.length;
  const width = line.contentStart - line.start;
  mend(scan, before, start - before, `\n${' '.repeat(width)}`);
  mend(scan, start, whole.length - gap.length, `${name}: `);
  const message = `${name} stands on the line of another field`;
  const end = start + quote.length * 2 + name.length;
  report(scan, 'yaml-syntax', start, end, message, 'each field on a line of its own, or {a: b, c: d} with braces');
  scan.at = at + whole.length;
  return true;
}

/** Back over the separator that was passed already. */
function trimBack(text: string, at: number): number {
  let start = at;
  while (start > 0 && /[ \t,，;；]/.test(text[start - 1] ?? '')) start--;
  return start;
}

function skipTagsAndAnchors(scan: Scan): void {
  const mark = /(?:[&!][^\s,[\]{}]*[ \t]+)+/y;
  mark.lastIndex = scan.at;
  const marks = mark.exec(scan.text)?.[0] ?? '';
  scan.at += marks.length;
  countPart(scan, markWeight * marks.length);
}

/** `domains: - a.com`: YAML wants the item on a line of its own; the dash is taken away so that the rest can be read. */
function blankIndicators(scan: Scan): void {
  const indicators = /(?:[-?:](?:[ \t]+|(?=[\r\n]|$)))+/y;
  indicators.lastIndex = scan.at;
  const found = indicators.exec(scan.text)?.[0];
  if (found === undefined) return;
  mend(scan, scan.at, found.length, '');
  const message = `"${found.trim()}" cannot stand behind the name of a field`;
  report(
    scan,
    'yaml-syntax',
    scan.at,
    scan.at + found.trimEnd().length,
    message,
    'name: "a,b", or each item on a line of its own',
  );
  scan.at += found.length;
}

function restOfLine(scan: Scan): string {
  const end = lineEnd(scan.text, scan.at);
  const rest = scan.text.slice(scan.at, Math.min(end, scan.at + 80)).trim();
  return rest.startsWith('#') || rest.startsWith('//') ? '' : rest;
}
