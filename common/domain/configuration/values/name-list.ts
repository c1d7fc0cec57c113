import { matchesName, type NamePatterns } from '../../selection/name-patterns.ts';
import { splitCommaList } from './comma-list.ts';
import { shorten, type Report } from '../problems/problem.ts';
import { reportValue, withoutMark, type TextValue } from './text-value.ts';

/** Whose names they are: a namespace is a DNS label, a ServiceAccount a DNS subdomain. */
export type NameKind = 'namespace' | 'service account';

/**
 * Names, globs and exclusions: `team-*,!team-test`. For namespaces `all` is every one, as in the original; for accounts `*`
 * is, and `all` is the account of that name. Absent: nothing usable was found, and that was reported.
 */
export function readNameList(value: TextValue, kind: NameKind, report: Report): NamePatterns | undefined {
  const include: TextValue[] = [];
  const exclude: TextValue[] = [];
  let broken = false;
  for (const item of splitCommaList(withoutMark(value, report), report)) {
    const excluded = /^[!！]/.test(item.text);
    const pattern = excluded ? item.text.slice(1).trimStart() : item.text;
    const plain = kind === 'namespace' && pattern === 'all' ? '*' : pattern.replaceAll(/\*{2,}/g, '*');
    if (!checkPattern(item, plain, kind, report)) {
      broken = true;
      continue;
    }
    (excluded ? exclude : include).push({ text: plain, origin: item.origin });
  }
  if (broken) return undefined;
  if (include.length === 0 && exclude.length === 0) return undefined;
  return checkTogether(value, include, exclude, kind, report);
}

function checkPattern(item: TextValue, pattern: string, kind: NameKind, report: Report): boolean {
  const longest = kind === 'namespace' ? 63 : 253;
  const say = (message: string, write: string): false => {
    reportValue(report, item, 'name-format', message, write);
    return false;
  };
  const shown = shorten(pattern);
  if (/\s/.test(pattern)) {
    const parts = pattern.split(/\s+/);
    const names = shorten(parts.join(','));
    return say(`"${shown}" may be ${parts.length} names or one with a space in it`, `${names} for several names`);
  }
  if (pattern.length > longest)
    return say(`a ${kind} name has at most ${longest} characters, this has ${pattern.length}`, 'the real name');
  if (pattern === '') return say(`"!" excludes nothing`, '!name, or a glob such as !kube-*');
  if (/[A-Z]/.test(pattern))
    return say(`"${shown}" has upper-case letters, which no ${kind} name has`, pattern.toLowerCase());
  if (kind === 'namespace' ? namespacePattern.test(pattern) : accountPattern.test(pattern)) return true;
  return say(
    `"${shown}" is not a ${kind} name or glob`,
    'lower-case letters, digits and "-"; * for any text, ! in front to exclude',
  );
}

// A pattern of one character class and two ends: no backtracking.
const namespacePattern = /^[a-z0-9*?](?:[a-z0-9*?-]*[a-z0-9*?])?$/;
const accountPattern = /^[a-z0-9*?](?:[a-z0-9*?.-]*[a-z0-9*?])?$/;

function checkTogether(
  value: TextValue,
  include: readonly TextValue[],
  exclude: readonly TextValue[],
  kind: NameKind,
  report: Report,
): NamePatterns | undefined {
  const excluded: NamePatterns = { include: exclude.map((item) => item.text), exclude: [] };
  const every = exclude.find((item) => item.text === '*');
  if (every !== undefined) {
    reportValue(
      report,
      every,
      'excludes-everything',
      'this excludes everything, so nothing is selected',
      'the names that are to be excluded',
    );
    return undefined;
  }
  if (include.length === 0) {
    const all = kind === 'namespace' ? 'all' : '*';
    reportValue(
      report,
      value,
      'only-exclusions',
      `only exclusions are listed: every other ${kind} is selected`,
      `${all},${shorten(value.text.trim())}`,
    );
    return { include: ['*'], exclude: excluded.include };
  }
  const seen = new Set<string>();
  for (const item of include) {
    if (kind === 'service account' && item.text === 'all') {
      const message = '"all" is read as the ServiceAccount of that name, as the original does';
      reportValue(report, item, 'all-is-a-name', message, '* for every account');
    }
    if (seen.has(item.text))
      reportValue(report, item, 'duplicate-item', `${item.text} is listed twice`, `${item.text} once`);
    else if (!/[*?]/.test(item.text) && matchesName(excluded, item.text)) {
      reportValue(report, item, 'never-selected', `${item.text} is listed, and excluded again`, 'one of the two');
    }
    seen.add(item.text);
  }
  return { include: [...seen], exclude: [...new Set(excluded.include)] };
}
