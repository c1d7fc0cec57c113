import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { clockTime, relative, utcTime } from '../view/times.ts';

/** A time in the zone of the viewer. Its UTC shows on focus and under the pointer, and is read out. */
export function Moment({ at, now }: { readonly at: number; readonly now: number }): VNode {
  return html`<time class="moment" tabindex="0" datetime=${new Date(at).toISOString()}
    >${clockTime(at, now)}<span class="utc"> ${utcTime(at)}</span></time
  >`;
}

/** `in 41 min, 14:05:10`. */
export function MomentInWords({ at, now }: { readonly at: number; readonly now: number }): VNode {
  return html`${relative(at, now)}, <${Moment} at=${at} now=${now} />`;
}
