/** `in 41 min (14:05:10)`, `19 s ago (13:04:51)`. Both in ms since the epoch; the clock of the wall is that of this machine. */
export function moment(at: number, now: number): string {
  const length = duration(Math.abs(at - now) / 1000);
  return `${at >= now ? `in ${length}` : `${length} ago`} (${wallClock(at, now)})`;
}

/** `41 min`: the largest unit of which there are two or more, so that nobody has to calculate. */
export function duration(seconds: number): string {
  const [unit, size] = units.find(([, length]) => seconds >= 2 * length) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** `14:05:10`, with the date where it is another day. */
export function wallClock(at: number, now: number): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())} ${time}`;
}

const units = [
  ['days', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
