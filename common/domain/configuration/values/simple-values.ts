import { shorten, type Report } from '../problems/problem.ts';
import { bareValue, reportValue, type TextValue } from './text-value.ts';

/** `true` or `false`. `quoted` says that the text stood in quotes where YAML needs none; other words are warned about. */
export function readBoolean(value: TextValue, quoted: boolean, report: Report): boolean | undefined {
  const bare = bareValue(value, report);
  const word = bare.text.toLowerCase();
  const meaning = booleans[word];
  if (meaning === undefined) {
    reportValue(report, bare, 'not-a-boolean', `"${shorten(bare.text)}" is neither true nor false`, 'true or false');
    return undefined;
  }
  if (bare.text !== String(meaning) || quoted) {
    reportValue(
      report,
      bare,
      'value-type',
      `${quoted ? `"${bare.text}" in quotes` : bare.text} was read as ${meaning}`,
      String(meaning),
    );
  }
  return meaning;
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  yes: true,
  no: false,
  on: true,
  off: false,
};

/** What a number has to be, in words and in figures. */
export type NumberLimits = {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly advice: string;
};

/** A whole number of seconds. */
export function readSeconds(
  value: TextValue,
  quoted: boolean,
  limits: NumberLimits,
  report: Report,
): number | undefined {
  const bare = bareValue(value, report);
  const { name, minimum, maximum, advice } = limits;
  if (!/^[+-]?\d{1,15}$/.test(bare.text)) {
    const seconds = asSeconds(bare.text);
    const write = seconds === undefined ? `a whole number, ${minimum}–${maximum}` : String(seconds);
    reportValue(report, bare, 'not-a-number', `${name} takes a number of seconds, not "${shorten(bare.text)}"`, write);
    return undefined;
  }
  const number = Number(bare.text);
  if (number < minimum || number > maximum) {
    const side = number < minimum ? `below the minimum ${minimum}` : `above the maximum ${maximum}`;
    reportValue(report, bare, 'duration-out-of-range', `${name} ${number} is ${side}`, advice);
    return undefined;
  }
  if (quoted || bare.text !== String(number)) {
    reportValue(
      report,
      bare,
      'value-type',
      `${quoted ? `"${bare.text}" in quotes` : bare.text} was read as ${number}`,
      String(number),
    );
  }
  return number;
}

/** `1h` → 3600: only to suggest it. */
function asSeconds(text: string): number | undefined {
  const [, amount = '', unit = ''] =
    /^(\d{1,9})(?:\.0+)?\s*(s|sec|seconds?|m|min|minutes?|h|hours?|)$/i.exec(text) ?? [];
  if (amount === '') return undefined;
  const factor = /^h/i.test(unit) ? 3600 : /^m/i.test(unit) ? 60 : 1;
  return Number(amount) * factor;
}

/** One of a few words; another letter case is a slip. */
export function readChoice<Choice extends string>(
  value: TextValue,
  name: string,
  choices: readonly Choice[],
  report: Report,
): Choice | undefined {
  const bare = bareValue(value, report);
  const exact = choices.find((choice) => choice === bare.text);
  if (exact !== undefined) return exact;
  const near = choices.find((choice) => choice.toLowerCase() === bare.text.toLowerCase());
  if (near !== undefined) {
    reportValue(report, bare, 'letter-case', `${bare.text} was read as ${near}`, near);
    return near;
  }
  reportValue(report, bare, 'not-a-choice', `${name} cannot be "${shorten(bare.text)}"`, choices.join(' or '));
  return undefined;
}
