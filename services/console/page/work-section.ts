import { html } from 'htm/preact';
import { h, type VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Sample } from '../../../common/domain/status/history.ts';
import type { ApiUse, QueueStatus, Status } from '../../../common/domain/status/status.ts';
import { formatValue, plotsOf } from '../view/series.ts';
import { Plot } from './plot.ts';

/** Is anything stuck? What waits now, and how it was in the last hour. */
export function WorkSection({
  status: { queues, api },
  samples,
  hasQueueBrowser,
}: {
  readonly status: Status;
  readonly samples: readonly Sample[];
  readonly hasQueueBrowser: boolean;
}): VNode {
  const plots = useMemo(() => plotsOf(samples), [samples]);
  const busy = queues.filter((queue) => depthOf(queue) > 0).toSorted((a, b) => depthOf(b) - depthOf(a));
  const idle = queues.length - busy.length;
  return html`
    <section class="work" aria-labelledby="work-title">
      <h2 id="work-title">Work <span class="quiet">last hour</span></h2>
      <div class="plots">${plots.map((data) => h(Plot, { key: data.title, data }))}</div>
      <p class="quiet">${describeUse(api)}</p>
      ${
        busy.length > 0 &&
        html`<table class="queues">
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <th scope="col">waiting</th>
              <th scope="col">active</th>
              <th scope="col">delayed</th>
              <th scope="col">oldest</th>
            </tr>
          </thead>
          <tbody>
            ${busy.slice(0, queuesMax).map(
              ({ queue, waiting, active, delayed, oldestAgeSeconds }) =>
                html`<tr key=${queue}>
                  <th scope="row">${queue}</th>
                  <td>${waiting}</td>
                  <td>${active}</td>
                  <td>${delayed}</td>
                  <td>${formatValue(oldestAgeSeconds, 'seconds')}</td>
                </tr>`,
            )}
          </tbody>
        </table>`
      }
      <p class="quiet">
        ${idleSentence(busy.length, idle)} ${hasQueueBrowser && html`<a href="queues/">Look at single messages</a>`}
      </p>
    </section>
  `;
}

const queuesMax = 6;

function depthOf({ waiting, active, delayed }: QueueStatus): number {
  return waiting + active + delayed;
}

function describeUse({ writesPerMinute, conflictsPerMinute, throttledPerMinute }: ApiUse): string {
  const [writes, conflicts, throttled] = [writesPerMinute, conflictsPerMinute, throttledPerMinute].map((value) =>
    formatValue(value, 'count'),
  );
  return `This process: ${writes} writes a minute, ${conflicts} conflicts, ${throttled} throttled.`;
}

function idleSentence(busy: number, idle: number): string {
  if (busy === 0) return idle === 0 ? 'No queue is in use yet.' : `All ${idle} queues are empty.`;
  const hidden = Math.max(0, busy - queuesMax);
  const more = hidden > 0 ? `${hidden} more with messages, ` : '';
  return `${more}${idle} empty.`;
}
