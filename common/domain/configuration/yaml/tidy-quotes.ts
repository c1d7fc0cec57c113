import { continuationLine, countPart, lineEnd, mend, report, reportWide, type Scan } from './tidy-scan.ts';

/**
 * Passes a quoted text. Typographic quotes become plain ones. A quote that is not closed on its line is YAML if it is closed
 * on a later one; but where a field starts in between, the closing quote was forgotten: that is an error, and the line is
 * read as if it were closed, so that the rest can be checked too.
 */
export function scanQuoted(scan: Scan): void {
  const open = scan.at;
  countPart(scan);
  const opener = scan.text[open] ?? '';
  const plain = plainQuote(opener);
  if (opener !== plain) {
    mend(scan, open, 1, plain);
    reportWide(scan, opener, plain, open);
  }
  const close = closesOnLine(scan.text, open);
  if (close !== undefined) {
    mendInside(scan, open + 1, close);
    if (scan.text[close] !== plain) {
      mend(scan, close, 1, plain);
      if (opener === plain) reportWide(scan, scan.text[close] ?? '', plain, close);
    }
    scan.at = close + 1;
    return;
  }
  const later = opener === plain ? closesLater(scan, open, plain) : undefined;
  if (later === undefined) closeAtLineEnd(scan, open, plain);
  else passLines(scan, later + 1);
}

/** The lines of a quoted text that goes over several. */
function passLines(scan: Scan, end: number): void {
  for (let line = lineEnd(scan.text, scan.at); line < end; line = lineEnd(scan.text, line)) {
    line += scan.text.startsWith('\r\n', line) ? 2 : 1;
    if (line < end) scan.lines.push(continuationLine(line, line, 0));
  }
  scan.at = end;
}

/** Offset of the quote that closes the one at `open`, if it stands on the same line. */
export function closesOnLine(text: string, open: number): number | undefined {
  const opener = text[open] ?? '';
  if (opener !== '"' && opener !== "'") return firstOnLine(text, open + 1, closersOf(opener));
  return findClosing(text, open, opener, true) ?? firstOnLine(text, open + 1, closersOf(opener).replace(opener, ''));
}

function findClosing(text: string, open: number, quote: string, onLine: boolean): number | undefined {
  for (let at = open + 1; at < text.length; at++) {
    const character = text[at];
    if (onLine && (character === '\n' || character === '\r')) return undefined;
    if (quote === '"' && character === '\\') at++;
    else if (character === quote) {
      if (quote === '"' || text[at + 1] !== quote) return at;
      at++;
    }
  }
  return undefined;
}

function closersOf(opener: string): string {
  return plainQuote(opener) === '"' ? '”“"＂' : "’‘'";
}

function firstOnLine(text: string, from: number, characters: string): number | undefined {
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '\n' || character === '\r') return undefined;
    if (characters.includes(character)) return at;
  }
  return undefined;
}

/** The closing quote on a later line, unless a field starts before it. */
function closesLater(scan: Scan, open: number, quote: string): number | undefined {
  const { text } = scan;
  const close = findClosing(text, open, quote, false);
  if (close === undefined) return undefined;
  let line = lineEnd(text, open);
  while (line < close) {
    const field = /[\r\n]+[ \t]*(?:-[ \t]*)?["']?([A-Za-z][\w.-]*)["']?[ \t]*[:：=]/y;
    field.lastIndex = line;
    const name = field.exec(text)?.[1];
    if (name !== undefined && scan.isField(name)) return undefined;
    line = lineEnd(text, line + 1);
  }
  return close;
}

function closeAtLineEnd(scan: Scan, open: number, quote: string): void {
  let end = lineEnd(scan.text, open);
  while (end > open + 1 && /[ \t,]/.test(scan.text[end - 1] ?? '')) end--;
  // In double quotes an odd backslash at the end would hide the quote that is added.
  mend(scan, end, 0, scan.text[end - 1] === '\\' ? `\\${quote}` : quote);
  report(
    scan,
    'unclosed-quote',
    open,
    open + 1,
    'the quote opened here is not closed on its line',
    `${quote} at the end of the value`,
  );
  scan.at = end;
}

/** No setting holds full-width punctuation, so inside quotes it is a slip of the input method too. */
function mendInside(scan: Scan, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const plain = wideInside[scan.text[at] ?? ''];
    if (plain === undefined) continue;
    mend(scan, at, 1, plain);
    reportWide(scan, scan.text[at] ?? '', plain, at);
  }
}

const wideInside: Readonly<Record<string, string>> = { '，': ',', '、': ',', '：': ':' };

function plainQuote(quote: string): string {
  return `'‘’`.includes(quote) ? "'" : '"';
}
