import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Tick, Timeline, TimelineRow } from '../view/timeline.ts';
import { clockTime, utcTime } from '../view/times.ts';

export type LaneProps = { readonly row: TimelineRow; readonly timeline: Timeline; readonly now: number };

/** One row of the picture. The ticks are one stop of the Tab key; the arrow keys go from one to the next. */
export function CredentialLane({ row: { credential, bar, renewal, ticks }, timeline, now }: LaneProps): VNode {
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const stop = Math.min(chosen ?? ticks.length - 1, ticks.length - 1);
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    const next = Math.min(Math.max(stop + step, 0), ticks.length - 1);
    if (step === 0 || !(event.currentTarget instanceof HTMLElement)) return;
    event.preventDefault();
    setChosen(next);
    event.currentTarget.querySelectorAll<HTMLElement>('button')[next]?.focus();
  };
  return html`
    ${timeline.marks.map(({ at, place }) => html`<i key=${at} class="line" style=${{ left: `${place}%` }}></i>`)}
    ${
      bar !== undefined &&
      html`<i
        class=${bar.endsLater ? 'bar open' : 'bar'}
        style=${{ left: `${bar.start}%`, width: `${Math.max(bar.end - bar.start, 0.3)}%` }}
      ></i>`
    }
    ${renewal !== undefined && html`<i class="renewal" style=${{ left: `${renewal}%` }}></i>`}
    <i class="now" style=${{ left: `${timeline.now}%` }}></i>
    ${
      ticks.length > 0 &&
      html`<div role="group" aria-label=${`Fetches of ${credential.name}`} onKeyDown=${move}>
        ${ticks.map(
          (tick, index) =>
            html`<button
              key=${`${tick.id} ${tick.failure === undefined}`}
              type="button"
              class=${tick.failure === undefined ? 'tick' : 'tick failed'}
              style=${{ left: `${tick.place}%` }}
              tabindex=${index === stop ? 0 : -1}
              onFocus=${() => setChosen(index)}
            >
              <span class=${`tip ${tick.place > 50 ? 'left' : 'right'}`}>${describeTick(tick, now)}</span>
            </button>`,
        )}
      </div>`
    }
  `;
}

function describeTick({ firstAt, lastAt, tries, failure }: Tick, now: number): string {
  const when = firstAt === lastAt ? clockTime(lastAt, now) : `${clockTime(firstAt, now)} to ${clockTime(lastAt, now)}`;
  const what = failure === undefined ? 'fetched' : 'failed';
  const often = tries === 1 ? what : `${what} ${tries} times`;
  return `${when} (${utcTime(lastAt)}) ${often}${failure === undefined ? '' : `: ${failure}`}`;
}
