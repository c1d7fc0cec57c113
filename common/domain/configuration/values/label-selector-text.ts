import type { LabelRequirement, LabelSelector } from '../../selection/label-selector.ts';
import { shorten, type Report } from '../problems/problem.ts';
import { maxItems } from '../schema.ts';
import { unquotedValue, partOf, reportValue, trimmed, type TextValue } from './text-value.ts';

/**
 * Label-selector text as `kubectl -l` takes it: `a=b,c==d,e!=f,g in (x,y),h notin (z),i,!j`. Every requirement is checked;
 * absent if one was wrong.
 */
export function readLabelSelector(value: TextValue, report: Report): LabelSelector | undefined {
  const bare = unquotedValue(value, report);
  const requirements: LabelRequirement[] = [];
  let broken = false;
  const parts = splitRequirements(bare);
  for (const part of parts.slice(0, maxItems)) {
    const requirement = readRequirement(part, report);
    if (requirement === undefined) broken = true;
    else requirements.push(requirement);
  }
  if (parts.length > maxItems) {
    reportValue(
      report,
      bare,
      'too-many-items',
      `the selector has more than ${maxItems} requirements`,
      'fewer requirements',
    );
    return undefined;
  }
  return broken ? undefined : requirements;
}

/** At commas outside of parentheses. */
function splitRequirements(value: TextValue): readonly TextValue[] {
  const parts: TextValue[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at <= value.text.length && parts.length <= maxItems; at++) {
    const character = value.text[at];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === undefined || (character === ',' && depth <= 0)) {
      parts.push(trimmed(partOf(value, start, at)));
      start = at + 1;
    }
  }
  return parts;
}

function readRequirement(part: TextValue, report: Report): LabelRequirement | undefined {
  const say = (message: string, write: string): undefined => {
    reportValue(report, part, 'selector-format', message, write);
    return undefined;
  };
  const { text } = part;
  if (text === '') return say('a requirement is empty', 'a=b,c!=d without a comma too many');
  const negated = /^!\s*([^\s=!<>()]+)$/.exec(text)?.[1];
  if (negated !== undefined) return checkKey(negated, say) && { key: negated, operator: 'does-not-exist' };
  if (/^[^\s=!<>(),:]+$/.test(text)) return checkKey(text, say) && { key: text, operator: 'exists' };
  const set = /^([^\s=!<>()]+)\s+(in|notin)\s*\(([^()]*)\)$/i.exec(text);
  if (set !== null) return readSet(set[1] ?? '', set[2] ?? '', set[3] ?? '', say);
  const equality = /^([^\s=!<>()]+)\s*(==|=|!=)\s*([^\s=!<>(),]*)$/.exec(text);
  if (equality !== null) {
    const [, key = '', sign = '', wanted = ''] = equality;
    if (!checkKey(key, say) || !checkLabelValue(wanted, say)) return undefined;
    return { key, operator: sign === '!=' ? 'not-in' : 'in', values: [wanted] };
  }
  return say(whatIsWrong(text), 'a=b, a!=b, a in (b,c), a notin (b,c), a or !a');
}

function readSet(key: string, word: string, list: string, say: Say): LabelRequirement | undefined {
  const values = list.split(',').map((wanted) => wanted.trim());
  if (word !== word.toLowerCase())
    return say(`"${word}" is written in lower case`, `${key} ${word.toLowerCase()} (${shorten(list)})`);
  if (list.trim() === '') return say(`the set after "${word}" is empty`, `${key} ${word} (x,y)`);
  if (!checkKey(key, say) || !values.every((wanted) => checkLabelValue(wanted, say))) return undefined;
  return { key, operator: word === 'in' ? 'in' : 'not-in', values };
}

type Say = (message: string, write: string) => undefined;

/** `[prefix/]name`. Source: Kubernetes documentation, "Labels and Selectors". */
function checkKey(key: string, say: Say): true | undefined {
  const [, prefix, name = ''] = /^(?:([^/]*)\/)?([^/]*)$/.exec(key) ?? [];
  const goodPrefix =
    prefix === undefined || (prefix.length <= 253 && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(prefix));
  if (goodPrefix && labelPart.test(name)) return true;
  return say(
    `"${shorten(key)}" is not a label key`,
    'letters, digits, "-", "_" and ".", at most 63; example.com/name with a prefix',
  );
}

function checkLabelValue(value: string, say: Say): true | undefined {
  if (value === '' || labelPart.test(value)) return true;
  return say(`"${shorten(value)}" is not a label value`, 'letters, digits, "-", "_" and ".", at most 63');
}

const labelPart = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;

function whatIsWrong(text: string): string {
  if (/[<>]/.test(text))
    return `"${shorten(text)}" compares numbers, which labels of namespaces and accounts do not support`;
  if (/[:{]/.test(text)) return `"${shorten(text)}" looks like YAML; label-selector text is expected`;
  if (/[()]/.test(text)) return `"${shorten(text)}" has a parenthesis too many or too few`;
  return `"${shorten(text)}" is not a requirement`;
}
