import type { Edit } from './edited-text.ts';
import type { Finding } from '../problems/problem.ts';
import type { Tidied } from './tidy-text.ts';
import type { LineShape } from './tidy-scan.ts';

/** A list of entries whose lines were indented anew, and what that took. */
export type Reindented = {
  readonly edits: readonly Edit[];
  readonly findings: readonly Finding[];
};

/**
 * Entries hold only fields, and fields only values or lists of them, so the lines alone tell what belongs where, whatever
 * their indentation: a dash before a field starts an entry, a dash before anything else is an item of the field above.
 * Where two readings remain, that is an error that names both.
 */
export function reindentEntries(tidied: Tidied, isField: (name: string) => boolean): Reindented {
  const state: State = {
    edits: [],
    findings: [],
    names: new Set(),
    last: undefined,
    dashColumn: undefined,
    fieldColumn: undefined,
    pendingDash: undefined,
  };
  for (const line of tidied.lines) {
    const prefix = line.kind === 'continuation' ? '        ' : prefixOf(state, line, isField);
    state.edits.push({ at: line.start, remove: line.contentStart - line.start, insert: prefix });
  }
  return { edits: mergeEdits(tidied.edits, state.edits), findings: state.findings };
}

/** A mapping has one level: every field starts its line. */
export function reindentMapping(tidied: Tidied): Reindented {
  const findings: Finding[] = [];
  const column = tidied.lines.find((line) => line.kind === 'field')?.column ?? 0;
  const edits = tidied.lines.map((line) => {
    const isField = line.kind === 'field' && line.dashes === 0;
    if (isField && line.column !== column) findings.push(wrongColumn(line, column));
    return {
      at: line.start,
      remove: isField || line.kind === 'continuation' ? line.contentStart - line.start : 0,
      insert: line.kind === 'continuation' ? '    ' : '',
    };
  });
  return { edits: mergeEdits(tidied.edits, edits), findings };
}

type State = {
  readonly edits: Edit[];
  readonly findings: Finding[];
  /** Fields of the entry so far. */
  names: Set<string>;
  last: LineShape | undefined;
  /** Where the first entry's dash and fields stand: what the rest is measured by. */
  dashColumn: number | undefined;
  fieldColumn: number | undefined;
  /** A dash alone on its line: the entry's fields follow. */
  pendingDash: LineShape | undefined;
};

function prefixOf(state: State, line: LineShape, isField: (name: string) => boolean): string {
  switch (line.kind) {
    case 'field':
      return line.dashes > 0 ? prefixOfDashedField(state, line) : prefixOfField(state, line, isField);
    case 'dash':
      state.pendingDash = line;
      state.dashColumn ??= line.column;
      if (line.column !== state.dashColumn) state.findings.push(wrongColumn(line, state.dashColumn));
      return '';
    case 'text':
    case 'continuation':
      return prefixOfText(state, line);
  }
}

function prefixOfDashedField(state: State, line: LineShape): string {
  const name = line.name ?? '';
  state.dashColumn ??= line.column;
  const deeper = line.column > state.dashColumn;
  if (deeper && state.names.size > 0 && !state.names.has(name)) {
    state.findings.push(ambiguousDash(line, name));
    return startField(state, line, name, '  ');
  }
  if (line.dashes > 1) state.findings.push(doubleDash(line, name));
  else if (line.column !== state.dashColumn) state.findings.push(wrongColumn(line, state.dashColumn));
  state.names = new Set();
  state.fieldColumn = undefined;
  return startField(state, line, name, '- ');
}

function prefixOfField(state: State, line: LineShape, isField: (name: string) => boolean): string {
  const name = line.name ?? '';
  if (state.pendingDash !== undefined) {
    state.pendingDash = undefined;
    state.names = new Set();
    state.fieldColumn = line.column;
    return startField(state, line, name, '- ');
  }
  if (state.names.has(name) && isField(name)) state.findings.push(missingDash(line, name));
  if (state.names.size === 0) {
    state.findings.push(entryWithoutDash(line, name));
    state.fieldColumn = line.column;
    return startField(state, line, name, '- ');
  }
  // The fields of an entry are measured by its dash; without one by its first field.
  const wanted = state.fieldColumn ?? (state.dashColumn ?? 0) + 2;
  if (line.column !== wanted) state.findings.push(wrongColumn(line, wanted));
  return startField(state, line, name, '  ');
}

/** An item of the field above, or more of its text. */
function prefixOfText(state: State, line: LineShape): string {
  if (line.dashes === 0 || state.last === undefined || state.pendingDash !== undefined) return '      ';
  if (line.column <= (state.dashColumn ?? 0)) state.findings.push(wrongColumn(line, (state.dashColumn ?? 0) + 4));
  return '    - ';
}

function startField(state: State, line: LineShape, name: string, prefix: string): string {
  if (line.dashes > 0) state.fieldColumn = line.column + (line.contentStart - line.start - line.column);
  state.names.add(name);
  state.last = line;
  return prefix;
}

function wrongColumn(line: LineShape, wanted: number): Finding {
  return {
    code: 'indentation',
    span: { start: line.contentStart, end: line.contentStart + (line.name?.length ?? 1) },
    message: `indented by ${line.column}, where its neighbours have ${wanted}`,
    write: `${wanted} spaces before it`,
  };
}

function doubleDash(line: LineShape, name: string): Finding {
  return {
    code: 'indentation',
    span: { start: line.contentStart, end: line.contentStart + name.length },
    message: `${line.dashes} dashes were read as one: an entry is not a list of entries`,
    write: `- ${name}: …`,
  };
}

function entryWithoutDash(line: LineShape, name: string): Finding {
  return {
    code: 'mapping-for-list',
    span: { start: line.contentStart, end: line.contentStart + name.length },
    message: 'one entry without a dash was read as a list of one',
    write: `- ${name}: …`,
  };
}

function ambiguousDash(line: LineShape, name: string): Finding {
  return {
    code: 'ambiguous-indentation',
    span: { start: line.contentStart, end: line.contentStart + name.length },
    message: `this may be a field of the entry above, or the first field of a new entry`,
    write: `"${name}:" without the dash for the entry above, or the dash as far left as the first for a new entry`,
  };
}

function missingDash(line: LineShape, name: string): Finding {
  return {
    code: 'contradicting-fields',
    span: { start: line.contentStart, end: line.contentStart + name.length },
    message: `${name} is written twice in one entry: either a new entry starts here and lacks its dash, or one of the two is wrong`,
    write: `"- ${name}:" to start a new entry, or remove one of the two`,
  };
}

/** The new indentation replaces whatever was mended inside the old one. */
function mergeEdits(tidy: readonly Edit[], indent: readonly Edit[]): readonly Edit[] {
  const merged: Edit[] = [];
  let next = 0;
  for (const edit of indent) {
    for (let before = tidy[next]; before !== undefined && before.at < edit.at; before = tidy[++next])
      merged.push(before);
    merged.push(edit);
    const end = edit.at + edit.remove;
    for (let inside = tidy[next]; inside !== undefined && inside.at < end; inside = tidy[++next]);
  }
  return [...merged, ...tidy.slice(next)];
}
