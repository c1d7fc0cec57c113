import type { Edit } from './edited-text.ts';
import type { Finding } from '../problems/problem.ts';
import { problemCatalog, type ProblemCode } from '../problems/problem-catalog.ts';

/** Where a walk over a text stands, and what it has collected; made and used by `tidyText` alone. */
export type Scan = {
  readonly text: string;
  /** Whether a name is that of a field, or a misspelt one. */
  readonly isField: (name: string) => boolean;
  at: number;
  readonly openBrackets: { readonly at: number; readonly plain: string; readonly onField: boolean }[];
  readonly edits: Edit[];
  readonly findings: Finding[];
  readonly lines: LineShape[];
  /** Tokens that give structure, counted because they are what a YAML parser spends its time on. */
  parts: number;
  /** Inside a block text (`|`, `>`): lines indented more than this are text. */
  rawBelowIndent: number | undefined;
  refused: Finding | undefined;
};

/** How a line is built; what is needed to indent it anew. */
export type LineShape = {
  /** `field`: has a name; `text`: an item or more of a value; `dash`: nothing but dashes; `continuation`: inside brackets or quotes. */
  readonly kind: 'field' | 'text' | 'dash' | 'continuation';
  /** Offset of the line, and of what follows indentation and dashes. */
  readonly start: number;
  readonly contentStart: number;
  /** Width of the indentation before the first dash or letter. */
  readonly column: number;
  readonly dashes: number;
  readonly name: string | undefined;
  /** Whether the field has nothing after its colon. */
  readonly empty: boolean;
};

/** A line inside brackets, a quoted text or a block text. */
export function continuationLine(start: number, contentStart: number, column: number): LineShape {
  return { kind: 'continuation', start, contentStart, column, dashes: 0, name: undefined, empty: false };
}

/** Spaces that look like one and are none, and what stands for them. */
export const oddSpaces: ReadonlyMap<string, string> = new Map([
  ['\u00A0', ' '],
  ['\u2002', ' '],
  ['\u2003', ' '],
  ['\u2009', ' '],
  ['\u202F', ' '],
  ['\u3000', '  '],
  ['\u200B', ''],
  ['\u200C', ''],
  ['\u200D', ''],
  ['\u2060', ''],
  ['\uFEFF', ''],
]);

export function isQuote(character: string): boolean {
  return character !== '' && `"'“”‘’＂`.includes(character);
}

/** To the end of the line, before its line break. */
export function skipLine(scan: Scan): void {
  scan.at = lineEnd(scan.text, scan.at);
}

/** Offset of the line break after `from`, or of the end of the text. */
export function lineEnd(text: string, from: number): number {
  const end = /[\r\n]|$/g;
  end.lastIndex = from;
  return end.exec(text)?.index ?? text.length;
}

export function mend(scan: Scan, at: number, remove: number, insert: string): void {
  scan.edits.push({ at, remove, insert });
}

export function report(
  scan: Scan,
  code: ProblemCode,
  start: number,
  end: number,
  message: string,
  write: string,
): void {
  // Nobody reads thousands of warnings, but an error is never dropped.
  if (scan.findings.length >= maxWarnings && problemCatalog[code].severity === 'warning') return;
  scan.findings.push({ code, span: { start, end }, message, write });
}

const maxWarnings = 2000;

export function reportWide(scan: Scan, character: string, plain: string, at: number): void {
  report(scan, 'full-width-character', at, at + 1, `${character} was read as ${plain}`, plain);
}

export function reportSlashes(scan: Scan, at: number): void {
  report(scan, 'comment-style', at, at + 2, 'text after "//" was read as a comment', 'YAML comments start with #');
}

export function reportEquals(scan: Scan, name: string, start: number, end: number): void {
  report(scan, 'equals-sign', start, end, `"${name} =" was read as "${name}:"`, `${name}: …`);
}

export function mendOddSpace(scan: Scan, character: string): void {
  const at = scan.at++;
  mend(scan, at, 1, oddSpaces.get(character) ?? ' ');
  const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  report(scan, 'invisible-character', at, at + 1, `an unusual space (U+${point})`, 'a plain space, or nothing');
}

/** The text cannot be read at all; the first reason counts. */
export function refuse(scan: Scan, finding: Finding): void {
  scan.refused ??= finding;
}

/** Counts a token; refuses a text that has more of them than any configuration needs. `weight`: what it costs the parser. */
export function countPart(scan: Scan, weight = 1): void {
  scan.parts += weight;
  if (scan.parts <= maxParts) return;
  refuse(scan, {
    code: 'value-too-complex',
    span: { start: scan.at, end: scan.at + 1 },
    message: `the value has more than ${maxParts} parts`,
    write: 'a list of at most 1,000 entries',
  });
}

/** Quotes, brackets, anchors and the like cost the parser more than a line, above all where they are wrong. */
export const markWeight = 4;

const maxParts = 100_000;
