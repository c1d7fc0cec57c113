import { passFlow } from './flow-extent.ts';

/**
 * Where a text nests deeper than any configuration needs; absent: it does not.
 *
 * The YAML parser recurses into every level, and a text of 200,000 brackets ends its process, which no `catch` can prevent. So
 * this is asked before the parser sees a text. It errs on the safe side: outside of a value that certainly is in
 * brackets it knows no quotes, so it never takes a bracket for
 * harmless that the parser takes for a bracket. A line that starts with `#` is a comment, or text in which nothing counts.
 */
export function tooDeepAt(text: string): number | undefined {
  const blocks: BlockLevel[] = [];
  let blockLevels = 0;
  const flow: FlowLevels = { open: 0, colons: 0 };
  let start = 0;
  while (start < text.length) {
    let end = endOfLine(text, start);
    const indent = indentOf(text, start, end);
    const first = start + indent;
    if (first < end && text[first] !== '#') {
      for (let top = blocks.at(-1); top !== undefined && top.indent >= indent; top = blocks.at(-1)) {
        blockLevels -= top.levels;
        blocks.pop();
      }
      const value = flow.open === 0 ? startOfFlow(text, first, end) : undefined;
      let from = first;
      if (value !== undefined) {
        const extent = passFlow(text, value, maxLevels);
        if ('tooDeepAt' in extent) return extent.tooDeepAt;
        from = extent.end;
        end = endOfLine(text, from);
      }
      const line = measureLine(text, from, end, flow);
      if (line.tooDeepAt !== undefined) return line.tooDeepAt;
      blocks.push({ indent, levels: 1 + line.indicators });
      blockLevels += 1 + line.indicators;
      if (blockLevels > maxLevels) return first;
    }
    start = end + 1;
  }
  return undefined;
}

type BlockLevel = { readonly indent: number; readonly levels: number };

/** Brackets that may be open, and colons since the last comma in them: without commas each opens a level. */
type FlowLevels = { open: number; colons: number };

const maxLevels = 100;

/** Where a value in brackets starts on the line, if that is certain: only dashes and a name stand before it. */
function startOfFlow(text: string, first: number, end: number): number | undefined {
  const lead = /(?:-[ \t]+){0,3}(?:[\w.-]{1,64}:[ \t]+)?(?=[[{])/y;
  lead.lastIndex = first;
  const match = lead.exec(text)?.[0];
  return match === undefined || first + match.length >= end ? undefined : first + match.length;
}

function measureLine(
  text: string,
  from: number,
  end: number,
  flow: FlowLevels,
): { readonly indicators: number; readonly tooDeepAt?: number } {
  let indicators = 0;
  for (let at = from; at < end; at++) {
    const character = text[at];
    if (character === '[' || character === '{') {
      flow.open++;
      flow.colons = 0;
    } else if (character === ']' || character === '}') {
      flow.open = Math.max(0, flow.open - 1);
      flow.colons = 0;
    } else if (character === ',') {
      flow.colons = 0;
    } else if ((character === '-' || character === '?' || character === ':') && isSpace(text[at + 1])) {
      indicators++;
      if (flow.open > 0 && character !== '-') flow.colons++;
    }
    if (flow.open > maxLevels || flow.colons > maxLevels) return { indicators, tooDeepAt: at };
  }
  return { indicators };
}

function isSpace(character: string | undefined): boolean {
  return character === undefined || character === ' ' || character === '\t' || character === '\n' || character === '\r';
}

function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (text[at] === '\n' || text[at] === '\r') return at;
  return text.length;
}

function indentOf(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
  return at - start;
}
