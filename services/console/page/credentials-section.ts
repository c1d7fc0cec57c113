import { html } from 'htm/preact';
import { h, type VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Attempt } from '../../../common/domain/status/history.ts';
import type { CredentialStatus, CredentialTrouble, Status } from '../../../common/domain/status/status.ts';
import { timelineOf, type Timeline, type TimelineRow } from '../view/timeline.ts';
import { axisTime, relative } from '../view/times.ts';
import { CredentialLane } from './credential-lane.ts';
import { MomentInWords } from './moment.ts';

export type CredentialsProps = {
  readonly status: Status;
  readonly attempts: readonly Attempt[];
  readonly now: number;
};

/** The life of each credential: when it was fetched, is to be renewed, and expires. */
export function CredentialsSection({ status, attempts, now }: CredentialsProps): VNode {
  const timeline = useMemo(() => timelineOf(status, attempts, now), [status, attempts, now]);
  const { rows } = timeline;
  return html`
    <section class="credentials" aria-labelledby="credentials-title">
      <div class="title">
        <h2 id="credentials-title">Credentials</h2>
        <p class="legend" aria-hidden="true">
          <span class="key bar"></span>valid <span class="key renewal"></span>renewal due
          <span class="key tick"></span>fetched <span class="key tick failed"></span>failed
        </p>
      </div>
      ${
        rows.length === 0
          ? html`<p class="quiet">No registry is configured yet.</p>`
          : html`<div
              class=${rows.length > rowsInView ? 'lanes many' : 'lanes'}
              role="table"
              aria-label="Credentials and how long they last"
            >
              ${h(Axis, { timeline })}
              ${rows.map((row) => h(Row, { key: row.credential.sourceId ?? row.credential.name, row, timeline, now }))}
            </div>`
      }
    </section>
  `;
}

/** More than these scroll in a box of their own. */
const rowsInView = 8;

function Axis({ timeline }: { readonly timeline: Timeline }): VNode {
  const withSeconds = timeline.to - timeline.from < 600_000;
  return html`
    <div class="lane-row axis" role="row">
      <span role="columnheader" class="unseen">Credential</span>
      <div role="columnheader" class="lane">
        <span class="unseen">Last hour and what is ahead</span>
        ${timeline.marks
          .filter(({ place }) => Math.abs(place - timeline.now) > (withSeconds ? 7 : 4))
          .map(
            ({ at, place }) =>
              html`<span
                key=${at}
                aria-hidden="true"
                class=${place > 95 ? 'mark last' : 'mark'}
                style=${{ left: `${place}%` }}
                >${axisTime(at, withSeconds)}</span
              >`,
          )}
        <span
          aria-hidden="true"
          class=${timeline.now < 4 ? 'now-label first' : 'now-label'}
          style=${{ left: `${timeline.now}%` }}
          >now</span
        >
      </div>
      <span role="columnheader" class="unseen">State</span>
      <span role="columnheader" class="unseen">Trouble</span>
    </div>
  `;
}

function Row({
  row,
  timeline,
  now,
}: {
  readonly row: TimelineRow;
  readonly timeline: Timeline;
  readonly now: number;
}): VNode {
  const { name, region, identity, hosts, state, failure } = row.credential;
  const about = [region, identity].filter((part) => part !== undefined).join(', ');
  return html`
    <div class="lane-row ${state}" role="row">
      <div role="rowheader" class="source">
        <strong>${name}</strong>
        <span class="quiet" title=${hosts.join('\n')}>${about}</span>
      </div>
      <div role="cell" class="lane">${h(CredentialLane, { row, timeline, now })}</div>
      <div role="cell" class="state">${h(StateInWords, { credential: row.credential, now })}</div>
      ${failure !== undefined && h(Trouble, { failure, now })}
    </div>
  `;
}

function StateInWords({ credential, now }: { readonly credential: CredentialStatus; readonly now: number }): VNode {
  const { state, expiresAt, renewsAt, failure } = credential;
  return html`
    <p>
      <span class="badge ${state}">${words[state]}</span>
      ${
        expiresAt === undefined
          ? state === 'fresh' && ' never expires'
          : html` ${expiresAt > now ? 'expires ' : 'expired '}${h(MomentInWords, { at: expiresAt, now })}`
      }
      ${
        renewsAt !== undefined &&
        failure === undefined &&
        html`<span class="quiet"> · renews ${renewsAt > now ? relative(renewsAt, now) : 'now'}</span>`
      }
    </p>
  `;
}

function Trouble({ failure, now }: { readonly failure: CredentialTrouble; readonly now: number }): VNode {
  return html`
    <div role="cell" class="failure">
      ${`${failure.message} `}<span class="quiet">${describeTries(failure, now)}</span>
      <p><span aria-hidden="true">→ </span>${failure.hint}</p>
    </div>
  `;
}

function describeTries({ attempts, nextAttemptAt }: CredentialTrouble, now: number): string {
  const next = nextAttemptAt > now ? relative(nextAttemptAt, now) : 'now';
  return `(${attempts} ${attempts === 1 ? 'try' : 'tries'}, next ${next})`;
}

const words = {
  fresh: '✓ fresh',
  failing: '! failing',
  waiting: '… waiting',
  missing: '✗ none',
} as const satisfies Record<CredentialStatus['state'], string>;
