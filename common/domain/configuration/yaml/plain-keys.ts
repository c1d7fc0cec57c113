import type { Configuration } from '../configuration.ts';
import { parseGoDuration } from '../values/go-duration.ts';
import { readLabelSelector } from '../values/label-selector-text.ts';
import { readNameList } from '../values/name-list.ts';
import type { Values } from '../values/values.ts';
import { shorten, type Report } from '../problems/problem.ts';
import type { KeyName } from '../schema.ts';
import { readBoolean, readChoice } from '../values/simple-values.ts';
import { bareValue, reportValue, spanIn, trimmed, wholeValue, type TextValue } from '../values/text-value.ts';

export type PlainKeys = Omit<Configuration, 'registries' | 'mirrors' | 'admission'> & {
  readonly admissionPods: boolean;
};

/** The keys whose value is not YAML. What is wrong is reported, and its default used so that the rest can be read. */
export function readPlainKeys(values: Values): PlainKeys {
  const given = <Result>(
    key: KeyName,
    fallback: Result,
    read: (value: TextValue, report: Report) => Result | undefined,
  ): Result => {
    const value = values.get(key);
    if (value === undefined) return fallback;
    if (value.text.trim() === '') {
      reportEmpty(key, value.text, value.report);
      return fallback;
    }
    return read(wholeValue(value.text), value.report) ?? fallback;
  };
  const flag = (key: KeyName, fallback: boolean): boolean =>
    given(key, fallback, (value, report) => readBoolean(value, false, report));
  const namespaceSelector = given('namespace-selector', undefined, readLabelSelector);
  const accountSelector = given('service-account-selector', undefined, readLabelSelector);
  const notifyEmail = given('notify-email', undefined, readEmail);
  return {
    namespaces: given('watch-namespace', onlyDefault, (value, report) => readNameList(value, 'namespace', report)),
    accounts: given('service-account', onlyDefault, (value, report) => readNameList(value, 'service account', report)),
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    ...(accountSelector === undefined ? {} : { accountSelector }),
    expiringThresholdSeconds: given('expiring-threshold', defaultThresholdSeconds, readThreshold),
    ...(notifyEmail === undefined ? {} : { notifyEmail }),
    secretNaming: given('secret-naming', 'aggregated', (value, report) =>
      readChoice(value, 'secret-naming', ['aggregated', 'per-domain'], report),
    ),
    attach: flag('attach', true),
    takeOver: flag('take-over', false),
    repairPods: flag('repair-pods', false),
    admissionPods: flag('admission-pods', false),
  };
}

const onlyDefault = { include: ['default'], exclude: [] };
const defaultThresholdSeconds = 900;
/** Half the life of a token that lives an hour, as all of ACR's do today: a credential is never renewed before that. */
const longestUsefulThresholdSeconds = 1800;

/** No e-mail address is nothing to speak of. */
function reportEmpty(key: KeyName, text: string, report: Report): void {
  if (key === 'notify-email') return;
  const span = { start: 0, end: Math.max(1, text.length) };
  report({
    code: 'empty-value',
    span,
    message: `${key} is empty: its default is used`,
    write: 'a value, or no key at all',
  });
}

function readThreshold(value: TextValue, report: Report): number | undefined {
  const bare = bareValue(value, report);
  const duration = parseGoDuration(bare.text);
  const shown = shorten(bare.text);
  if (!('seconds' in duration)) {
    reportValue(report, bare, 'duration-format', `expiring-threshold "${shown}": ${duration.message}`, duration.write);
    return undefined;
  }
  if (duration.seconds <= 0) {
    const write = /^-[^-]/.test(bare.text) ? bare.text.slice(1) : '15m';
    reportValue(report, bare, 'duration-out-of-range', `expiring-threshold ${shown} is not longer than 0`, write);
    return undefined;
  }
  if (duration.seconds > longestUsefulThresholdSeconds) {
    const message = `expiring-threshold ${shown} is longer than half the life of a token (1h): half its life is used`;
    reportValue(report, bare, 'threshold-long', message, '30m or less');
  }
  return duration.seconds;
}

function readEmail(value: TextValue, report: Report): string | undefined {
  const bare = trimmed(value);
  if (bare.text.length > 320 || /[\r\n]/.test(bare.text)) {
    report({
      code: 'not-a-choice',
      span: spanIn(bare),
      message: 'notify-email is not one address',
      write: 'name@example.com',
    });
    return undefined;
  }
  if (!/^[^\s@",]+@[^\s@",]+$/.test(bare.text)) {
    const message = `notify-email "${shorten(bare.text)}" does not look like an address; it is used as it is`;
    reportValue(report, bare, 'email-format', message, 'name@example.com');
  }
  return bare.text;
}
