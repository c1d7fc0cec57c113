/** A duration in seconds, or what is wrong with its text. */
export type GoDuration = { readonly seconds: number } | { readonly message: string; readonly write: string };

/**
 * Reads what Go's `time.ParseDuration` reads: `15m`, `1h30m`, `900s`, `1.5h`. A missing or wrong unit is not guessed; the
 * answer says what to write.
 */
export function parseGoDuration(text: string): GoDuration {
  if (/^[+-]?0$/.test(text)) return { seconds: 0 };
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (!durationForm.test(rest)) return { message: messageFor(text), write: suggestion(text) };
  let seconds = 0;
  for (const [, amount = '', unit = ''] of rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    seconds += Number(amount) * (secondsPerUnit[unit] ?? 0);
  }
  if (!Number.isFinite(seconds)) return { message: 'the number is far too large', write: '15m' };
  return { seconds: sign === '-' ? -seconds : seconds };
}

const durationForm = /^(?:(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:ns|us|µs|μs|ms|s|m|h)){1,16}$/;

const secondsPerUnit: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

function messageFor(text: string): string {
  if (/^[+-]?\d+$/.test(text)) return `a number without a unit could mean minutes or seconds`;
  return 'this is not a duration: a number and a unit (s, m, h) are expected';
}

/** What was most likely meant, in Go's spelling. */
function suggestion(text: string): string {
  const [, amount = '', unit = ''] = /^[+-]?\s*(\d{1,9})\s*([a-z\u4e00-\u9fff]*)\.?$/i.exec(text) ?? [];
  if (amount === '') return '15m, 1h30m or 900s';
  if (unit === '') return `${amount}m for minutes, ${amount}s for seconds`;
  const spelled = spellings.find(([names]) => names.includes(unit.toLowerCase()));
  if (spelled === undefined) return '15m, 1h30m or 900s';
  return spelled[1] === 'd' ? `${Number(amount) * 24}h` : `${amount}${spelled[1]}`;
}

const spellings: readonly (readonly [readonly string[], string])[] = [
  [['s', 'sec', 'secs', 'second', 'seconds', '秒'], 's'],
  [['m', 'min', 'mins', 'minute', 'minutes', '分', '分钟'], 'm'],
  [['h', 'hr', 'hrs', 'hour', 'hours', '时', '小时'], 'h'],
  [['d', 'day', 'days', '天'], 'd'],
];
