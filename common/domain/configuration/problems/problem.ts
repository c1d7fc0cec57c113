import { docsAnchor, problemCatalog, type ProblemCode, type Severity } from './problem-catalog.ts';
import { maskSecrets } from './mask-secrets.ts';
import { indexLines, positionAt, type LineIndex, type Span } from '../yaml/text-position.ts';

/** Something to say about a configuration, in words that a person can act on. Never holds a secret. */
export type Problem = {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** Key of the ConfigMap; empty where a file as a whole is meant. */
  readonly key: string;
  /** Position in `acr-registry-info`, from 0. */
  readonly entry?: number | undefined;
  /** Field of the entry, or of the mapping in the value. */
  readonly field?: string | undefined;
  /** In the text of the key's value, both from 1. */
  readonly line: number;
  readonly column: number;
  /** How many characters are meant, on that line; at least 1. */
  readonly length: number;
  /** What is wrong, with the value where it may be shown. */
  readonly message: string;
  /** The value found, shortened; absent where it is a secret. */
  readonly found?: string | undefined;
  /** What to write instead. */
  readonly write: string;
  /** Where the documentation explains the code. */
  readonly docs: string;
};

/** What a reader of a value knows about a problem. The span is in the text of the value. */
export type Finding = {
  readonly code: ProblemCode;
  readonly span: Span;
  readonly message: string;
  readonly write: string;
  readonly found?: string | undefined;
  readonly entry?: number | undefined;
  readonly field?: string | undefined;
};

export type Report = (finding: Finding) => void;

/** Collects the problems of one ConfigMap. */
export type ProblemList = {
  /** Where the findings about one key's value go. */
  reportFor(key: string, text: string): Report;
  /** Every problem, by key in the order of `reportFor`, then by place. At most `maxProblems` and one that says so. */
  finish(): readonly Problem[];
};

/** More than this nobody reads, and a file of 1 MiB could have hundreds of thousands. */
export const maxProblems = 500;

export function collectProblems(): ProblemList {
  const problems: Problem[] = [];
  const order = new Map<string, number>();
  let left = 0;
  let errorsLeft = 0;
  return {
    reportFor(key, text) {
      if (!order.has(key)) order.set(key, order.size);
      let lines: LineIndex | undefined;
      return (finding) => {
        // An error must never get lost behind five hundred warnings: it decides whether the configuration is taken.
        if (problems.length >= maxProblems) {
          left++;
          if (problemCatalog[finding.code].severity === 'error') errorsLeft++;
          return;
        }
        lines ??= indexLines(text);
        problems.push(toProblem(key, text, lines, finding));
      };
    },
    finish() {
      const sorted = withoutRepetition(problems).toSorted(
        (a, b) => (order.get(a.key) ?? 0) - (order.get(b.key) ?? 0) || a.line - b.line || a.column - b.column,
      );
      return left === 0 ? sorted : [...sorted, overflow(sorted, left, errorsLeft)];
    },
  };
}

/** One line for a log, an Event or a status page: where, what, and what to write. */
export function describeProblem(problem: Problem): string {
  const entry = problem.entry === undefined ? '' : `[${problem.entry}]`;
  const place = problem.key === '' ? '' : `${problem.key}${entry} line ${problem.line} column ${problem.column}: `;
  return `${problem.severity} ${problem.code}: ${place}${problem.message} (${problem.write})`;
}

/** A text as it may be shown in a message: on one line, not longer than a line, and without a secret that slipped in. */
export function shorten(text: string, longest = 60): string {
  const flat = maskSecrets(text.slice(0, longest * 4)).replaceAll(/\s+/g, ' ');
  return flat.length <= longest && text.length <= longest * 4 ? flat : `${flat.slice(0, longest - 1)}…`;
}

/** The id of an AccessKey as it may be shown: enough to recognise it, not enough to use it. */
export function abbreviateAccessKey(id: string): string {
  return id.length < 12 ? '…' : `${id.slice(0, 4)}…${id.slice(-4)}`;
}

function toProblem(key: string, text: string, lines: LineIndex, finding: Finding): Problem {
  const { code, span, message, write, found, entry, field } = finding;
  const { line, column } = positionAt(lines, span.start);
  return {
    code,
    severity: problemCatalog[code].severity,
    key,
    ...(entry === undefined ? {} : { entry }),
    ...(field === undefined ? {} : { field }),
    line,
    column,
    length: lengthOnLine(text, span),
    message,
    ...(found === undefined ? {} : { found }),
    write,
    docs: docsAnchor(code),
  };
}

/** The same thing at the same place is said once; a list without brackets is said as that, not as a list too. */
function withoutRepetition(problems: readonly Problem[]): readonly Problem[] {
  const place = (problem: Problem, code: ProblemCode): string =>
    `${problem.key}\n${problem.line}:${problem.column} ${code}`;
  const said = new Set(problems.map((problem) => place(problem, problem.code)));
  const kept = new Set<string>();
  return problems.filter((problem) => {
    const here = place(problem, problem.code);
    if (kept.has(here)) return false;
    kept.add(here);
    return problem.code !== 'list-form' || !said.has(place(problem, 'unbracketed-list'));
  });
}

/** Only the first line of a span is marked. */
function lengthOnLine(text: string, span: Span): number {
  const marked = text.slice(span.start, Math.min(span.end, span.start + 200));
  const lineEnd = marked.search(/[\r\n]/);
  return Math.max(1, lineEnd < 0 ? marked.length : lineEnd);
}

function overflow(problems: readonly Problem[], left: number, errorsLeft: number): Problem {
  const last = problems.at(-1);
  const code = errorsLeft > 0 ? 'more-errors' : 'more-warnings';
  return {
    code,
    severity: problemCatalog[code].severity,
    key: last?.key ?? '',
    line: last?.line ?? 1,
    column: last?.column ?? 1,
    length: 1,
    message: `${left} more problems are not listed, ${errorsLeft} of them errors`,
    write: 'put the listed ones right first',
    docs: docsAnchor(code),
  };
}
