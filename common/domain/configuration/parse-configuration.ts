import type { Identity } from '../credentials/identity.ts';
import type { Configuration } from './configuration.ts';
import { reportDuplicateEntries } from './entries/duplicate-entries.ts';
import { readEntryList, type RawEntry } from './entries/entry-list.ts';
import { nearestNames } from './problems/nearest-name.ts';
import {
  collectProblems,
  shorten,
  type Finding,
  type Problem,
  type ProblemList,
  type Report,
} from './problems/problem.ts';
import type { ProblemCode } from './problems/problem-catalog.ts';
import { readEntry, type ReadEntry } from './entries/registry-entry.ts';
import { keys, maxValueBytes } from './schema.ts';
import { readRrsaEnabled, readWebhook } from './yaml/mapping-keys.ts';
import { readPlainKeys } from './yaml/plain-keys.ts';
import { homeOf } from './entries/unknown-fields.ts';
import type { Values } from './values/values.ts';

export type ParsedConfiguration = {
  /** Present exactly when no problem is an error. */
  readonly configuration?: Configuration | undefined;
  readonly problems: readonly Problem[];
};

/**
 * Reads the data of the ConfigMap `acr-configuration`: the typed configuration, or everything that is wrong with it at once.
 * Pure; never throws; takes time in proportion to the text. Source of keys and fields: `schema.ts`.
 */
export function parseConfiguration(data: Readonly<Record<string, string>>): ParsedConfiguration {
  const problems = collectProblems();
  try {
    const configuration = readConfiguration(data, problems);
    const found = problems.finish();
    return found.some((problem) => problem.severity === 'error')
      ? { problems: found }
      : { configuration, problems: found };
  } catch (error) {
    // A defect of ours must not end the watcher: the last good configuration stays in force, and the defect is said.
    const name = error instanceof Error ? error.name : 'unknown';
    const message = `the configuration could not be read (${name})`;
    const write = 'please report this with the ConfigMap, its secrets removed';
    problems.reportFor('', '')({ code: 'internal-error', span: { start: 0, end: 0 }, message, write });
    return { problems: problems.finish() };
  }
}

function readConfiguration(data: Readonly<Record<string, string>>, problems: ProblemList): Configuration {
  const values = usableValues(data, problems);
  const rrsaEnabled = readRrsaEnabled(values);
  const webhook = readWebhook(values);
  const { admissionPods, ...plain } = readPlainKeys(values);
  const entries = readEntries(values, rrsaEnabled);
  return {
    ...plain,
    registries: entries.flatMap((read) => (read.kind === 'registry' ? [read.entry] : [])),
    mirrors: entries.flatMap((read) => (read.kind === 'mirror' ? [read.entry] : [])),
    admission: { ...webhook, pods: admissionPods },
  };
}

/** Every key is looked at: unknown ones are said, and values that must not be read are left out. */
function usableValues(data: Readonly<Record<string, string>>, problems: ProblemList): Values {
  const usable = new Map<string, { readonly text: string; readonly report: Report }>();
  for (const [key, text] of Object.entries(data)) {
    const report = problems.reportFor(key, text);
    const known = keys.find((setting) => setting.name === key);
    if (known === undefined) reportUnknownKey(key, report);
    else if (known.kind === 'ignored') reportIgnoredKey(key, report);
    else if (isReadable(text, report)) usable.set(key, { text, report });
  }
  return { get: (key) => usable.get(key) };
}

function reportUnknownKey(key: string, report: Report): void {
  const span = { start: 0, end: 0 };
  const shown = shorten(key, 60);
  const near = nearestNames(key, keys);
  const home = homeOf(key);
  if (near.length > 0) {
    report({
      code: 'unknown-key',
      span,
      message: `${shown} is not a key of the configuration`,
      write: `did you mean ${near.join(' or ')}?`,
      found: shown,
    });
  } else if (home !== undefined) {
    const message = `${shown} is not a key of the ConfigMap: it belongs ${home}`;
    report({
      code: 'misplaced-field',
      span,
      message,
      write: 'indent it, so that it becomes part of that value',
      found: shown,
    });
  } else {
    const write = 'nothing, if something else uses it';
    report({
      code: 'foreign-key',
      span,
      message: `${shown} is not a key of the configuration and was ignored`,
      write,
      found: shown,
    });
  }
}

function reportIgnoredKey(key: string, report: Report): void {
  const message = `${key} is a key of older releases and is ignored`;
  report({ code: 'ignored-key', span: { start: 0, end: 0 }, message, write: 'nothing: the key can go' });
}

function isReadable(text: string, report: Report): boolean {
  if (text.length > maxValueBytes) {
    const message = `the value has ${text.length} characters, and 1 MiB is the limit of a ConfigMap`;
    report({ code: 'value-too-large', span: { start: 0, end: 1 }, message, write: 'a shorter value' });
    return false;
  }
  const at = text.search(controlCharacters);
  if (at < 0) return true;
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  report({
    code: 'control-character',
    span: { start: at, end: at + 1 },
    message: `a control character (U+${code}) is in the value`,
    write: 'the value as plain text',
  });
  return false;
}

/** NUL and other control characters but tab and line breaks, non-characters, and halves of surrogate pairs. */
const controlCharacters = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\uFFFE\uFFFF]/u;

/** No entry means the Personal Edition of the cluster's own region. */
function readEntries(values: Values, rrsaEnabled: boolean): readonly ReadEntry[] {
  const value = values.get('acr-registry-info');
  if (value === undefined) return [personalEdition(rrsaEnabled)];
  const findings: Finding[] = [];
  const collect: Report = (finding) => findings.push(finding);
  const raw = readEntryList(value.text, collect) ?? [];
  const read = raw.map((entry) => readEntry(entry, rrsaEnabled, collect));
  reportDuplicateEntries(raw, read, collect);
  for (const finding of withEntries(findings, raw)) value.report(finding);
  return raw.length === 0 ? [personalEdition(rrsaEnabled)] : read.filter((entry) => entry !== undefined);
}

/** A slip was found before it was known which entry it is in: its place tells. A dash stands two columns before its entry. */
function withEntries(findings: readonly Finding[], raw: readonly RawEntry[]): readonly Finding[] {
  const starts = raw.map((entry) => entry.mapping.span.start);
  return findings.map((finding) => {
    if (finding.entry !== undefined || fileWide.has(finding.code)) return finding;
    const at = starts.findLastIndex((start) => start <= finding.span.end + 1);
    const entry = raw[at]?.index;
    return entry === undefined ? finding : { ...finding, entry };
  });
}

const fileWide: ReadonlySet<ProblemCode> = new Set([
  'line-ending',
  'byte-order-mark',
  'wrapped-value',
  'mapping-for-list',
]);

function personalEdition(rrsaEnabled: boolean): ReadEntry {
  const identity: Identity = rrsaEnabled
    ? { kind: 'rrsa', roleArn: '', oidcProviderArn: '' }
    : { kind: 'cluster-role' };
  return { kind: 'registry', entry: { index: 0, edition: 'personal', instanceId: '', identity } };
}
