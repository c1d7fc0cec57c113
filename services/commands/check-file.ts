import type { Configuration } from '../../common/domain/configuration/configuration.ts';
import { parseConfigMap } from '../../common/domain/configuration/config-map-data.ts';
import {
  docsAnchor,
  problemCatalog,
  type ProblemCode,
} from '../../common/domain/configuration/problems/problem-catalog.ts';
import type { Finding, Problem } from '../../common/domain/configuration/problems/problem.ts';
import {
  indexLines,
  offsetAt,
  positionAt,
  type LineIndex,
  type Span,
} from '../../common/domain/configuration/yaml/text-position.ts';
import type { FoundConfiguration, Manifest } from './check-manifest.ts';
import type { ManifestField, ManifestNode } from './check-manifest-yaml.ts';

/** One configuration of a file, or a file that has none; every place is one in the file. */
export type CheckedFile = {
  readonly file: string;
  readonly text: string;
  /** `namespace/name` of the ConfigMap. */
  readonly configMap?: string | undefined;
  readonly problems: readonly Problem[];
  readonly configuration?: Configuration | undefined;
};

/** Checks every configuration that was found in a file. */
export function checkManifest(file: string, text: string, manifest: Manifest): readonly CheckedFile[] {
  const lines = indexLines(text);
  const outer = manifest.findings.map((finding) => placed(text, lines, '', finding));
  if (manifest.found.length === 0) return [{ file, text, problems: outer }];
  return manifest.found.map((found, at) => {
    const checked = checkConfiguration(text, lines, found);
    const problems = [...(at === 0 ? outer : []), ...checked.problems].toSorted(
      (a, b) => a.line - b.line || a.column - b.column,
    );
    const usable = problems.every((problem) => problem.severity !== 'error');
    return {
      file,
      text,
      ...(found.name === undefined ? {} : { configMap: found.name }),
      problems,
      ...(usable && checked.configuration !== undefined ? { configuration: checked.configuration } : {}),
    };
  });
}

type ValueInFile = { readonly text: string; readonly origin: (offset: number) => number; readonly nameSpan: Span };

function checkConfiguration(
  text: string,
  lines: LineIndex,
  found: FoundConfiguration,
): { readonly problems: readonly Problem[]; readonly configuration?: Configuration | undefined } {
  const problems: Problem[] = [];
  const values = valuesOf(found.data, found.stringsOnly, (key, finding) =>
    problems.push(placed(text, lines, key, finding)),
  );
  const binary =
    found.binaryData === undefined ? new Map<string, ValueInFile>() : valuesOf(found.binaryData, false, () => 0);
  const parsed = parseConfigMap({ data: textsOf(values), binaryData: textsOf(binary) });
  for (const problem of parsed.problems) {
    const value = values.get(problem.key) ?? binary.get(problem.key);
    const isBinary = !values.has(problem.key) && binary.has(problem.key);
    problems.push(value === undefined ? problem : moved(text, lines, problem, value, isBinary));
  }
  return { problems, configuration: parsed.configuration };
}

/** The values by key. The last of two equal keys counts, as for kubectl; that there are two is said. */
function valuesOf(
  data: ManifestNode & { readonly kind: 'mapping' },
  stringsOnly: boolean,
  report: (key: string, finding: Finding) => unknown,
): ReadonlyMap<string, ValueInFile> {
  const values = new Map<string, ValueInFile>();
  for (const field of data.fields) {
    const value = valueOf(field, stringsOnly, report);
    const earlier = values.get(field.name);
    if (earlier !== undefined) report(field.name, writtenTwice(field, earlier.text === value.text));
    values.set(field.name, value);
  }
  return values;
}

function valueOf(
  field: ManifestField,
  stringsOnly: boolean,
  report: (key: string, finding: Finding) => unknown,
): ValueInFile {
  const { name, nameSpan, value } = field;
  if (value.kind === 'scalar') {
    if (stringsOnly && (value.type === 'boolean' || value.type === 'number')) {
      report(name, {
        code: 'value-not-text',
        span: value.span,
        message: `${name} is a ${value.type}, and the API server takes only strings`,
        write: `${name}: "${value.text.slice(0, 40)}"`,
      });
    }
    return { text: value.text, origin: value.origin, nameSpan };
  }
  if (stringsOnly) {
    report(name, {
      code: 'value-not-text',
      span: nameSpan,
      message: `${name} is a ${value.kind}, and the API server takes only strings`,
      write: `${name}: | and the rest indented below it`,
    });
  }
  const { text, origin } = value.source ?? { text: '', origin: () => nameSpan.end };
  return { text, origin, nameSpan };
}

function writtenTwice({ name, nameSpan }: ManifestField, same: boolean): Finding {
  return same
    ? { code: 'duplicate-field', span: nameSpan, message: `${name} is written twice`, write: `${name} once` }
    : {
        code: 'contradicting-fields',
        span: nameSpan,
        message: `${name} is written twice with different values: the first or this one may be meant`,
        write: 'only the one that is meant',
      };
}

function textsOf(values: ReadonlyMap<string, ValueInFile>): Record<string, string> {
  return Object.fromEntries([...values].map(([key, { text }]) => [key, text]));
}

/** From the text of a value to the file; what concerns the key points to its name. */
function moved(text: string, lines: LineIndex, problem: Problem, value: ValueInFile, isBinary: boolean): Problem {
  const span = isBinary || isAboutName(problem) ? value.nameSpan : spanInFile(value, problem);
  return { ...problem, ...positionAt(lines, span.start), length: lengthInFile(text, span) };
}

function isAboutName({ code, field }: Problem): boolean {
  return aboutNames.has(code) || (code === 'misplaced-field' && field === undefined);
}

const aboutNames: ReadonlySet<ProblemCode> = new Set(['unknown-key', 'foreign-key', 'ignored-key', 'value-too-large']);

function spanInFile(value: ValueInFile, problem: Problem): Span {
  if (value.text.trim() === '') return value.nameSpan;
  const start = offsetAt(indexLines(value.text), problem);
  return { start: value.origin(start), end: value.origin(start + problem.length - 1) + 1 };
}

function lengthInFile(text: string, { start, end }: Span): number {
  const marked = text.slice(start, Math.min(end, start + 200));
  const lineEnd = marked.search(/[\r\n]/);
  return Math.max(1, lineEnd < 0 ? marked.length : lineEnd);
}

function placed(text: string, lines: LineIndex, key: string, finding: Finding): Problem {
  const { code, span, message, write } = finding;
  return {
    code,
    severity: problemCatalog[code].severity,
    key,
    ...positionAt(lines, span.start),
    length: lengthInFile(text, span),
    message,
    write,
    docs: docsAnchor(code),
  };
}
