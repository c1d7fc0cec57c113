import type { Origin } from '../yaml/edited-text.ts';
import { shorten, type Report } from '../problems/problem.ts';
import type { ProblemCode } from '../problems/problem-catalog.ts';
import type { Span } from '../yaml/text-position.ts';

/** A single value and where each of its characters stands in what the person edits. */
export type TextValue = {
  readonly text: string;
  readonly origin: Origin;
};

/** A whole value of the ConfigMap. */
export function wholeValue(text: string): TextValue {
  return { text, origin: (offset) => offset };
}

/** The place of a part of the value; of the whole value without arguments. */
export function spanIn(value: TextValue, start = 0, end = value.text.length): Span {
  const from = value.origin(start);
  return { start: from, end: Math.max(from + 1, end > start ? value.origin(end - 1) + 1 : from + 1) };
}

/** A part of the value as a value. */
export function partOf(value: TextValue, start: number, end: number): TextValue {
  return { text: value.text.slice(start, end), origin: (offset) => value.origin(start + offset) };
}

/** Says a problem about the value, and shows the value. */
export function reportValue(report: Report, value: TextValue, code: ProblemCode, message: string, write: string): void {
  report({ code, span: spanIn(value), message, write, found: shorten(value.text) });
}

/**
 * The value without what does not belong to it: space around it, a comment or comma after it, quotes around it. For values
 * that can hold neither `#`, `//`, quotes nor a comma at the end.
 */
export function bareValue(value: TextValue, report: Report): TextValue {
  return withoutTrailingComma(unquotedValue(value, report), report);
}

/** As {@link bareValue}, but a comma at the end stays: something may be missing behind it. */
export function unquotedValue(value: TextValue, report: Report): TextValue {
  const whole = trimmed(withoutComment(withoutMark(value, report), report));
  const uncommented = /["'”’][,;，；]$/.test(whole.text) ? withoutTrailingComma(whole, report) : whole;
  const { text } = uncommented;
  const quoted = text.length >= 2 && `"'“‘`.includes(text[0] ?? ' ') && `"'”’`.includes(text.at(-1) ?? ' ');
  if (!quoted) return uncommented;
  reportValue(
    report,
    uncommented,
    'quoted-item',
    'the quotes are part of the value, and were ignored',
    'the value without them',
  );
  return trimmed(partOf(uncommented, 1, text.length - 1));
}

/** Space around a value never means anything: a block text ends with a line break. */
export function trimmed(value: TextValue): TextValue {
  const { text } = value;
  const start = text.length - text.trimStart().length;
  return start === text.length ? partOf(value, 0, 0) : partOf(value, start, text.trimEnd().length);
}

/** The value without a byte order mark; both it and CR LF line endings are said. */
export function withoutMark(value: TextValue, report: Report): TextValue {
  if (value.text.includes('\r')) {
    const at = value.text.indexOf('\r');
    report({
      code: 'line-ending',
      span: spanIn(value, at, at + 1),
      message: 'lines end with CR LF, as Windows editors write them',
      write: 'save the file with LF line endings',
    });
  }
  if (!value.text.startsWith('\uFEFF')) return value;
  report({
    code: 'byte-order-mark',
    span: spanIn(value, 0, 1),
    message: 'the text starts with a byte order mark',
    write: 'save the file as UTF-8 without BOM',
  });
  return partOf(value, 1, value.text.length);
}

/** `cn-hangzhou,`: what JSON and other languages want at the end of a value. */
function withoutTrailingComma(value: TextValue, report: Report): TextValue {
  const at = value.text.length - 1;
  if (!/[,;，；]$/.test(value.text)) return value;
  report({
    code: 'trailing-comma',
    span: spanIn(value, at, at + 1),
    message: `${value.text.slice(at)} at the end was ignored`,
    write: 'the value without it',
  });
  return trimmed(partOf(value, 0, at));
}

/** A value on one line ends where a comment starts. */
function withoutComment(value: TextValue, report: Report): TextValue {
  const at = value.text.search(/(?:^|[ \t])(?:#|\/\/)/m);
  if (at < 0 || /[\r\n]/.test(value.text.trim())) return value;
  const start = at + (/[ \t]/.test(value.text[at] ?? '') ? 1 : 0);
  report({
    code: 'comment-style',
    span: spanIn(value, start, start + 1),
    message: 'the comment is part of the value, and was ignored',
    write: 'the comment outside of the quotes, after " #"',
  });
  return partOf(value, 0, at);
}
