import type { Headline, LatestEdit, Status } from '../../../common/domain/status/status.ts';
import { credentialRow } from '../screen/credential-row.ts';
import { duration, moment, wallClock } from '../screen/moments.ts';
import { count, paint, renderRows, type Row, type ScreenOptions } from '../screen/screen.ts';

/** The screen of `status`: the answer first, then credentials, coverage, queues, API use and configuration. */
export function renderStatus(status: Status, options: ScreenOptions): readonly string[] {
  const { at } = status;
  const section = (title: string, rows: readonly Row[]): readonly string[] =>
    rows.length === 0 ? [] : ['', title, ...renderRows(rows, options)];
  return [
    ...renderHeadline(status.headline, at, options),
    ...section(
      'Credentials',
      status.credentials.map((credential) => credentialRow(credential, at)),
    ),
    ...section('Coverage', coverageRows(status)),
    ...section('Queues', queueRows(status)),
    ...section('API use', [apiRow(status)]),
    ...section('Configuration', configurationRows(status)),
  ];
}

function renderHeadline(
  { level, sentence, deadline, remedy }: Headline,
  now: number,
  { colour }: ScreenOptions,
): readonly string[] {
  const next = deadline === undefined ? '' : ` ${capitalised(deadline.what)} ${moment(deadline.at, now)}.`;
  return [`${paint(sentence, level, colour)}${next}`, ...(remedy === undefined ? [] : [`→ ${remedy}`])];
}

function coverageRows({ coverage: { listed, namespaces, accounts, rows, more } }: Status): readonly Row[] {
  const { total, selected, served, waiting, leftAlone } = namespaces;
  const counts = `${served} of ${count(selected, 'namespace')} served, ${waiting} waiting, ${leftAlone} left alone; ${total} in all${listed ? '' : ' so far'}`;
  return [
    { mark: selected === 0 ? 'none' : waiting + leftAlone === 0 ? 'good' : 'warning', cells: ['namespaces', counts] },
    { mark: 'none', cells: ['accounts', `${accounts.attached} of ${accounts.selected} attached`] },
    ...rows
      .filter(({ state, reasons }) => reasons.length > 0 || (state !== 'served' && state !== 'not-selected'))
      .slice(0, namespacesMax)
      .map(({ name, reasons }): Row => ({ mark: 'warning', cells: [name, reasons.join('; ')] })),
    ...(rows.length + more > namespacesMax
      ? [
          {
            mark: 'none',
            cells: ['', `and ${rows.length + more - namespacesMax} more: --output json lists every namespace`],
          } satisfies Row,
        ]
      : []),
  ];
}

const namespacesMax = 20;

function queueRows({ queues }: Status): readonly Row[] {
  return queues.map(({ queue, waiting, active, delayed, oldestAgeSeconds }) => ({
    mark: oldestAgeSeconds > oldSeconds ? 'warning' : 'none',
    cells: [
      queue,
      `${waiting} waiting, ${active} active, ${delayed} delayed${waiting + delayed === 0 ? '' : `, the oldest for ${duration(oldestAgeSeconds)}`}`,
    ],
  }));
}

/** Longer than any back-off. */
const oldSeconds = 600;

function apiRow({ api }: Status): Row {
  const { writesPerMinute, conflictsPerMinute, throttledPerMinute } = api;
  return {
    mark: throttledPerMinute > 0 ? 'warning' : 'none',
    cells: [
      `${writesPerMinute} writes a minute, ${count(conflictsPerMinute, 'conflict')}, ${throttledPerMinute} throttled`,
    ],
  };
}

function configurationRows({ configuration: { configMap, inForce, latestEdit }, helper, at }: Status): readonly Row[] {
  const since =
    inForce?.since === undefined
      ? ''
      : `, in force for ${duration((at - inForce.since) / 1000)} (since ${wallClock(inForce.since, at)})`;
  const version = inForce?.version.slice(0, 8);
  return [
    inForce === undefined
      ? { mark: 'bad', cells: [configMap, 'none is in force'] }
      : {
          mark: 'good',
          cells: [
            configMap,
            `${inForce.registries} ${inForce.registries === 1 ? 'registry' : 'registries'}, version ${version}${since}`,
          ],
        },
    ...(latestEdit === undefined ? [] : editRows(latestEdit)),
    ...(helper.roles.includes('watcher')
      ? []
      : [
          {
            mark: 'none',
            cells: ['latest edit', 'what became of it is told by a process that plays the role watcher'],
          } satisfies Row,
        ]),
  ];
}

function editRows(edit: LatestEdit): readonly Row[] {
  switch (edit.state) {
    case 'accepted':
      return edit.warnings.map((warning) => ({ mark: 'warning', cells: ['', warning] }));
    case 'refused':
      return edit.problems.map((problem) => ({ mark: 'bad', cells: ['refused', problem] }));
    case 'missing':
      return [{ mark: 'bad', cells: ['missing', `there is no ConfigMap${edit.keepsLastGood ? ' any more' : ''}`] }];
    case 'held-back':
      return [
        {
          mark: 'warning',
          cells: [
            'held back',
            `${edit.detached + edit.loggedOut} of ${edit.attached} that pull today would not any more`,
          ],
          below: [`→ kubectl annotate configmap acr-credential-helper/confirm=${edit.hash} lets it through`],
        },
      ];
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
