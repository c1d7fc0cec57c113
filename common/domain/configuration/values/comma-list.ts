import type { Report } from '../problems/problem.ts';
import { maxItems } from '../schema.ts';
import { partOf, spanIn, trimmed, type TextValue } from './text-value.ts';

/**
 * The items of a comma list. Tolerated, with a warning: other separators that no item can contain (`;`, `，`, a line break),
 * quotes, brackets, dashes of a YAML list, empty items, comments. A space inside an item is left to the caller: whether
 * `a b` are two items or one with a slip cannot be told.
 */
export function splitCommaList(value: TextValue, report: Report): readonly TextValue[] {
  const items: TextValue[] = [];
  const slips: Slips = {
    separator: undefined,
    quoted: undefined,
    list: undefined,
    empty: undefined,
    comment: undefined,
  };
  let start = 0;
  let bracketed = false;
  /** Nothing but space since `start`, kept here because looking back each time would be quadratic. */
  let blank = true;
  /** What stood since the last item. */
  let comma = false;
  let lineBroken = false;
  const { text } = value;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === '[' && blank && !bracketed && items.length === 0) {
      slips.list ??= at;
      bracketed = true;
      start = at + 1;
      continue;
    }
    if (isComment(text, at)) {
      slips.comment ??= at;
      const end = endOfLine(text, at);
      addItem(items, value, start, at, slips, false);
      start = end;
      at = end - 1;
      continue;
    }
    if (character !== undefined && !separators.includes(character) && !(bracketed && character === ']')) {
      blank &&= /\s/.test(character);
      continue;
    }
    if (character !== undefined && ';，、；'.includes(character)) slips.separator ??= at;
    const listed = character !== undefined && !'\n\r]'.includes(character);
    const added = addItem(items, value, start, at, slips, listed || (character === undefined && comma));
    // Two items on two lines without a comma between them.
    if (added && lineBroken && !comma && items.length > 1 && slips.list === undefined) slips.separator ??= start;
    if (added || listed) {
      comma = listed;
      lineBroken = false;
    }
    lineBroken ||= character === '\n' || character === '\r';
    start = at + 1;
    blank = true;
    if (items.length > maxItems) break;
  }
  reportSlips(value, slips, report);
  if (items.length > maxItems) reportTooMany(value, items, report);
  return items.slice(0, maxItems);
}

type Slips = {
  separator: number | undefined;
  quoted: number | undefined;
  list: number | undefined;
  empty: number | undefined;
  comment: number | undefined;
};

const separators = ',;，、；\n\r';

function addItem(
  items: TextValue[],
  value: TextValue,
  start: number,
  end: number,
  slips: Slips,
  mustHave: boolean,
): boolean {
  let item = trimmed(partOf(value, start, end));
  const dash = /^-[ \t]+/.exec(item.text)?.[0].length ?? 0;
  if (dash > 0) {
    slips.list ??= start;
    item = trimmed(partOf(item, dash, item.text.length));
  }
  const unquoted = /^["'“‘](.*)["'”’]$/s.exec(item.text)?.[1];
  if (unquoted !== undefined) {
    slips.quoted ??= start;
    item = trimmed(partOf(item, 1, item.text.length - 1));
  }
  if (item.text === '') {
    if (mustHave || unquoted !== undefined) slips.empty ??= end === value.text.length ? Math.max(0, start - 1) : start;
    return false;
  }
  items.push(item);
  return true;
}

function isComment(text: string, at: number): boolean {
  const before = text[at - 1];
  const free = before === undefined || /\s/.test(before);
  return free && (text[at] === '#' || text.startsWith('//', at));
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function reportSlips(value: TextValue, slips: Slips, report: Report): void {
  const say = (
    code: 'separator' | 'quoted-item' | 'list-form' | 'empty-item' | 'comment-style',
    at: number | undefined,
    message: string,
    write: string,
  ): void => {
    if (at !== undefined) report({ code, span: spanIn(value, at, at + 1), message, write });
  };
  say('separator', slips.separator, 'items are separated by something other than a comma', 'a,b');
  say('quoted-item', slips.quoted, 'quotes inside the list were ignored', 'a,b without quotes around each item');
  say('list-form', slips.list, 'a list stands where a comma list is expected', 'a,b');
  say('empty-item', slips.empty, 'an empty item was ignored', 'one comma between two items, none at the ends');
  say(
    'comment-style',
    slips.comment,
    'the comment is part of the value, and was ignored',
    'the comment outside of the value, after " #"',
  );
}

function reportTooMany(value: TextValue, items: readonly TextValue[], report: Report): void {
  const first = items[maxItems];
  report({
    code: 'too-many-items',
    span: first === undefined ? spanIn(value) : spanIn(first),
    message: `the list has more than ${maxItems} items`,
    write: 'globs such as team-*, or all',
  });
}
