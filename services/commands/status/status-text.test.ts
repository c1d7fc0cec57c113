import assert from 'node:assert/strict';
import type { Status } from '../../../common/domain/status/status.ts';
import { renderStatus } from './status-text.ts';

const at = new Date(2026, 10, 24, 14, 0, 0).getTime();
const minutes = (count: number): number => at + count * 60_000;

const status: Status = {
  at,
  helper: { version: '1', roles: ['watcher'], startedAt: at },
  headline: {
    level: 'warning',
    sentence: 'All 2 namespaces can pull, but the credential of cri-b cannot be renewed: refused.',
    deadline: { what: 'first expiry', at: minutes(12) },
    remedy: 'let the role trust the other',
  },
  credentials: [
    {
      sourceId: 'a',
      name: 'cri-0123456789abcdef',
      identity: 'the cluster’s role',
      state: 'fresh',
      hosts: ['a', 'b'],
      fetchedAt: minutes(-19),
      expiresAt: minutes(41),
      renewsAt: minutes(21),
    },
    {
      sourceId: 'b',
      name: 'cri-b',
      state: 'failing',
      hosts: ['c'],
      expiresAt: minutes(12),
      failure: {
        code: 'cloud-access-denied',
        message: 'refused',
        hint: 'grant it',
        at,
        attempts: 2,
        nextAttemptAt: at + 48_000,
      },
    },
  ],
  coverage: {
    listed: true,
    namespaces: { total: 3, selected: 2, served: 1, waiting: 1, leftAlone: 0 },
    accounts: { selected: 4, attached: 3 },
    rows: [
      {
        name: 'shop',
        state: 'account-unattached',
        reasons: ['account without the reference: web'],
        accounts: { selected: 1, attached: 0 },
      },
    ],
    more: 0,
  },
  queues: [{ queue: 'namespaces', waiting: 3, active: 1, delayed: 0, oldestAgeSeconds: 5 }],
  api: { writesPerMinute: 40, conflictsPerMinute: 1, throttledPerMinute: 0 },
  configuration: {
    configMap: 'kube-system/acr-configuration',
    inForce: { version: '0123456789', registries: 2, since: minutes(-60) },
    latestEdit: { at, state: 'refused', problems: ['expireDuration 600 is below the minimum'], keepsLastGood: true },
  },
  problems: [],
};

describe('status', () => {
  it('says the answer first, then what it rests on', () => {
    assert.equal(
      renderStatus(status, { colour: false }).join('\n'),
      `All 2 namespaces can pull, but the credential of cri-b cannot be renewed: refused. First expiry in 12 min (14:12:00).
→ let the role trust the other

Credentials
  ✓ cri-0123…cdef  2 domains, expires in 41 min (14:41:00), renews in 21 min, fetched 19 min ago (13:41:00), by the cluster’s role
  ! cri-b          1 domain, expires in 12 min (14:12:00)
                   the last 2 attempts failed: refused
                   → grant it (docs/failure-modes.md#cloud-access-denied)
                   next try in 48 s (14:00:48)

Coverage
  ! namespaces  1 of 2 namespaces served, 1 waiting, 0 left alone; 3 in all
    accounts    3 of 4 attached
  ! shop        account without the reference: web

Queues
    namespaces  3 waiting, 1 active, 0 delayed, the oldest for 5 s

API use
    40 writes a minute, 1 conflict, 0 throttled

Configuration
  ✓ kube-system/acr-configuration  2 registries, version 01234567, in force for 60 min (since 13:00:00)
  ✗ refused                        expireDuration 600 is below the minimum`,
    );
  });

  it('says who knows what became of the latest edit, where this process does not', () => {
    const { inForce, configMap } = status.configuration;
    const screen = renderStatus(
      { ...status, helper: { ...status.helper, roles: ['writer'] }, configuration: { inForce, configMap } },
      { colour: false },
    );
    assert.match(
      screen.at(-1) ?? '',
      /latest edit +what became of it is told by a process that plays the role watcher$/,
    );
  });

  it('calls nothing good while no namespace is selected, and says that there never was a ConfigMap', () => {
    const none = { total: 0, selected: 0, served: 0, waiting: 0, leftAlone: 0 };
    const screen = renderStatus(
      {
        ...status,
        credentials: [],
        coverage: { ...status.coverage, namespaces: none, rows: [] },
        configuration: {
          configMap: 'kube-system/acr-configuration',
          latestEdit: { at, state: 'missing', keepsLastGood: false },
        },
      },
      { colour: false },
    ).join('\n');
    assert.doesNotMatch(screen, /✓/);
    assert.match(screen, /✗ missing +there is no ConfigMap$/);
  });

  it('colours the headline by its level', () => {
    assert.ok(renderStatus(status, { colour: true })[0]?.startsWith('\u001B[33mAll 2'));
  });
});
