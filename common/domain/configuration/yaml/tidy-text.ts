import type { Edit } from './edited-text.ts';
import type { Finding } from '../problems/problem.ts';
import {
  addMissingComma,
  bracketKinds,
  continueBrackets,
  reportOpenBrackets,
  tidyBracket,
  tidyFlowKey,
} from './tidy-flow.ts';
import { isCommentStart, splitFields, tidyComment, tidyLineStart } from './tidy-line-start.ts';
import { scanQuoted } from './tidy-quotes.ts';
import {
  countPart,
  isQuote,
  markWeight,
  mend,
  mendOddSpace,
  oddSpaces,
  report,
  reportSlashes,
  reportWide,
  skipLine,
  type LineShape,
  type Scan,
} from './tidy-scan.ts';
import { tidyUnbracketedList } from './tidy-unbracketed-list.ts';

/** What has to be changed in a text so that it becomes the YAML its author meant, as far as single characters go. */
export type Tidied = {
  /** Sorted, and without overlaps. */
  readonly edits: readonly Edit[];
  /** One warning for each slip; an error where what was meant stays open. */
  readonly findings: readonly Finding[];
  /** Every line that is not blank and not a comment. */
  readonly lines: readonly LineShape[];
  /** Why the text must not be given to a YAML parser at all. */
  readonly refused?: Finding | undefined;
};

/**
 * Walks once over the text, as a YAML reader would, and mends what people get wrong where it has one meaning only: missing
 * spaces, `//` comments, full-width punctuation, tabs, `=`, lists without brackets. Positions are offsets in `text`.
 */
export function tidyText(text: string, isField: (name: string) => boolean): Tidied {
  const scan: Scan = {
    text,
    isField,
    at: 0,
    openBrackets: [],
    edits: [],
    findings: [],
    lines: [],
    parts: 0,
    rawBelowIndent: undefined,
    refused: undefined,
  };
  tidyFile(scan);
  while (scan.at < text.length && scan.refused === undefined) {
    if (tidyLineStart(scan)) tidyRestOfLine(scan);
  }
  reportOpenBrackets(scan);
  return {
    edits: scan.edits.toSorted((a, b) => a.at - b.at),
    findings: scan.findings,
    lines: scan.lines,
    ...(scan.refused === undefined ? {} : { refused: scan.refused }),
  };
}

/** A byte order mark is skipped; CR LF is YAML and needs no change, but shows where the text comes from. */
function tidyFile(scan: Scan): void {
  if (scan.text.startsWith('\uFEFF')) {
    mend(scan, 0, 1, '');
    scan.at = 1;
    report(
      scan,
      'byte-order-mark',
      0,
      1,
      'the text starts with a byte order mark',
      'save the file as UTF-8 without BOM',
    );
  }
  const carriageReturn = scan.text.indexOf('\r');
  if (carriageReturn >= 0) {
    const message = 'lines end with CR LF, as Windows editors write them';
    report(scan, 'line-ending', carriageReturn, carriageReturn + 1, message, 'save the file with LF line endings');
  }
}

/** From the start of a value to the end of its line; inside brackets to the end of what they hold. */
function tidyRestOfLine(scan: Scan): void {
  const { text } = scan;
  /** Whether a value or a name may start here: after a bracket, a comma or a colon, not in the middle of plain text. */
  let tokenStart = true;
  /** Whether a comment may start here. */
  let spaced = true;
  /** Whether nothing of the line's value was passed yet: only there do quotes and brackets mean something outside brackets. */
  let valueStart = true;
  while (scan.at < text.length && scan.refused === undefined) {
    const character = text[scan.at] ?? '';
    if (character === '\n' || character === '\r') {
      scan.at += text.startsWith('\r\n', scan.at) ? 2 : 1;
      if (!continueBrackets(scan)) return;
      spaced = true;
      continue;
    }
    if (character === ' ' || character === '\t' || oddSpaces.has(character)) {
      if (oddSpaces.has(character)) mendOddSpace(scan, character);
      else scan.at++;
      spaced = true;
      continue;
    }
    if (spaced && isCommentStart(scan)) {
      tidyComment(scan);
      continue;
    }
    const wasSpaced = spaced;
    spaced = false;
    const inFlow = scan.openBrackets.length > 0;
    if (tokenStart && isQuote(character) && (valueStart || inFlow)) {
      if (!inFlow && tidyUnbracketedList(scan)) {
        tokenStart = false;
      } else {
        scanQuoted(scan);
        tokenStart = false;
        valueStart = tidyAfterToken(scan);
        if (valueStart) tokenStart = true;
        continue;
      }
      valueStart = false;
      continue;
    }
    if (inFlow && tokenStart && tidyFlowKey(scan)) continue;
    if (!inFlow && wasSpaced && !valueStart && splitFields(scan)) {
      tokenStart = true;
      valueStart = true;
      continue;
    }
    if (Object.hasOwn(bracketKinds, character) && (inFlow || valueStart)) {
      tidyBracket(scan, character);
      tokenStart = scan.openBrackets.length > 0;
      valueStart = !(bracketKinds[character]?.opens ?? true) && tidyAfterToken(scan);
      if (valueStart) tokenStart = true;
      continue;
    }
    tokenStart = tidyPlain(scan, character, inFlow);
    // A comment may follow a bracket or a comma, not the text of a value: `a//b`.
    spaced = tokenStart;
    valueStart = false;
  }
}

/** Full-width punctuation that Chinese input methods write, outside quotes. */
const fullWidth: Readonly<Record<string, string>> = {
  '：': ':',
  '，': ',',
  '、': ',',
  '；': ';',
  '＝': '=',
  '！': '!',
  '＊': '*',
};

const marks = '[]{}"\'&*!|>%@`';

/** One character of plain text; answers whether a token may start after it. */
function tidyPlain(scan: Scan, character: string, inFlow: boolean): boolean {
  const at = scan.at++;
  const plain = fullWidth[character] ?? character;
  if (plain !== character) {
    mend(scan, at, 1, plain === ':' && inFlow ? ': ' : plain);
    reportWide(scan, character, plain, at);
  }
  if (marks.includes(plain)) countPart(scan, markWeight);
  if (!inFlow || (plain !== ',' && plain !== ':')) return false;
  countPart(scan);
  // `"name":"value"` starts a value right after the colon; `http://…` does not.
  return (
    plain === ',' || plain !== character || isQuote(scan.text[at - 1] ?? '') || /\s/.test(scan.text[at + 1] ?? ' ')
  );
}

/**
 * After a closing quote or bracket: a comment without a space before it, or a comma that only JSON wants. Answers whether
 * another field follows on the line, and the scan stands at its value.
 */
function tidyAfterToken(scan: Scan): boolean {
  const { text, at } = scan;
  if (text[at] === '#') {
    mend(scan, at, 0, ' ');
    report(scan, 'comment-style', at, at + 1, 'a comment needs a space before "#"', '" #" before the comment');
    skipLine(scan);
    return false;
  }
  if (text.startsWith('//', at)) {
    mend(scan, at, 2, ' #');
    reportSlashes(scan, at);
    skipLine(scan);
    return false;
  }
  if (scan.openBrackets.length > 0) {
    addMissingComma(scan);
    return false;
  }
  if (splitFields(scan)) return true;
  const trailing = /([ \t]*)([,，;；])[ \t]*(?=[\r\n#]|$|\/\/)/y;
  trailing.lastIndex = at;
  const [whole, space = '', comma = ''] = trailing.exec(text) ?? [];
  if (whole === undefined) {
    dropRest(scan);
    return false;
  }
  const place = at + space.length;
  mend(scan, place, 1, ' ');
  report(
    scan,
    'trailing-comma',
    place,
    place + 1,
    `${comma} at the end of the line was ignored`,
    'the value without it',
  );
  scan.at = place + 1;
  return false;
}

/** Text behind a closing quote or bracket: the value has ended, so what this means cannot be told. */
function dropRest(scan: Scan): void {
  const { text, at } = scan;
  const rest = /([ \t]*)([^\s#:：/][^\r\n#]*)/y;
  rest.lastIndex = at;
  const [whole, space = '', words = ''] = rest.exec(text) ?? [];
  if (whole === undefined) return;
  const start = at + space.length;
  const end = start + words.trimEnd().length;
  mend(scan, start, end - start, '');
  const message = 'there is text behind the end of the value: it may belong to the value, or be a comment';
  report(scan, 'yaml-syntax', start, end, message, 'all of the value inside the quotes, or a comment after " #"');
  scan.at = end;
}
