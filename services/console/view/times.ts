/** A length of time as a person says it: the two largest units at most. `2 h 5 min`, `41 min`, `48 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** `in 41 min`, `5 s ago`, `now`. */
export function relative(at: number, now: number): string {
  const ms = at - now;
  if (Math.abs(ms) < 500) return 'now';
  return ms > 0 ? `in ${duration(ms)}` : `${duration(ms)} ago`;
}

/** `14:05:10`, on another day than today `2026-11-25 14:05:10`; in the zone of the viewer unless one is given. */
export function clockTime(at: number, now: number, zone?: string): string {
  const day = dayOf(at, zone);
  const time = timeFormat(zone).format(at);
  return day === dayOf(now, zone) ? time : `${day} ${time}`;
}

/** `2026-11-24 12:05:10 UTC`. */
export function utcTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `14:05`, as marks of an axis have it. */
export function axisTime(at: number, withSeconds: boolean, zone?: string): string {
  const time = timeFormat(zone).format(at);
  return withSeconds ? time : time.slice(0, 5);
}

function timeFormat(zone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
    timeZone: zone,
  });
}

/** Swedish writes dates as ISO 8601 does. */
function dayOf(at: number, zone: string | undefined): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(at);
}
