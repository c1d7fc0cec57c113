import { isCommentStart, tidyComment } from './tidy-line-start.ts';
import { closesOnLine, scanQuoted } from './tidy-quotes.ts';
import { countPart, isQuote, mend, report, reportWide, type Scan } from './tidy-scan.ts';

/**
 * `domains: "a","b"`, as the original's documentation has it: YAML ends the value at the second quote. Brackets are put
 * around the items. Answers whether such a list was there; if so, the scan stands at the end of its last line.
 */
export function tidyUnbracketedList(scan: Scan): boolean {
  const start = scan.at;
  if (!startsList(scan.text, start)) return false;
  mend(scan, start, 0, '[');
  let end = start;
  for (;;) {
    passItem(scan);
    end = scan.at;
    const next = nextItem(scan.text, end);
    if (next === undefined) break;
    // The separator, and a line break if there is one, becomes a comma and a space.
    mend(scan, end, next - end, ', ');
    countPart(scan);
    scan.at = next;
  }
  dropTrailingSeparator(scan, end);
  report(
    scan,
    'unbracketed-list',
    start,
    end,
    'several quoted values were read as a list',
    'one comma list in one pair of quotes: "a,b"',
  );
  passComment(scan);
  return true;
}

/** Whether a second item follows the first. */
function startsList(text: string, start: number): boolean {
  const close = closesOnLine(text, start);
  return close !== undefined && nextItem(text, close + 1) !== undefined;
}

/** Offset of the item after a separator; on a later line only a quoted item that is not a field's name. */
function nextItem(text: string, from: number): number | undefined {
  const sameLine = /[ \t]*[,，、;；][ \t]*(?=[^\s#/])(?!["']?[A-Za-z][\w-]*["']?:[ \t])/y;
  sameLine.lastIndex = from;
  const here = sameLine.exec(text);
  if (here !== null) return from + here[0].length;
  const nextLine = /[ \t]*[,，、;；][ \t]*(?:\r\n|\r|\n)[ \t]*(?=["'“”‘’])/y;
  nextLine.lastIndex = from;
  const below = nextLine.exec(text);
  if (below === null) return undefined;
  const item = from + below[0].length;
  const close = closesOnLine(text, item);
  if (close === undefined) return undefined;
  const field = /[ \t]*[:：=]/y;
  field.lastIndex = close + 1;
  return field.test(text) ? undefined : item;
}

function passItem(scan: Scan): void {
  if (isQuote(scan.text[scan.at] ?? '')) {
    scanQuoted(scan);
    return;
  }
  const plain = /[^\s,，、;；]+/y;
  plain.lastIndex = scan.at;
  scan.at += plain.exec(scan.text)?.[0].length ?? 1;
}

function dropTrailingSeparator(scan: Scan, end: number): void {
  const separator = /[ \t]*[,，、;；]/y;
  separator.lastIndex = end;
  const length = separator.exec(scan.text)?.[0].length ?? 0;
  // A comment needs a space before it.
  mend(scan, end, length, isCommentStart({ ...scan, at: end + length }) ? '] ' : ']');
  if (length > 0 && scan.text[end + length - 1] !== ',') {
    reportWide(scan, scan.text[end + length - 1] ?? '', ',', end + length - 1);
  }
  scan.at = end + length;
}

function passComment(scan: Scan): void {
  const space = /[ \t]+/y;
  space.lastIndex = scan.at;
  scan.at += space.exec(scan.text)?.[0].length ?? 0;
  if (isCommentStart(scan)) tidyComment(scan);
}
