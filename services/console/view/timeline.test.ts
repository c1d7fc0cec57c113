import assert from 'node:assert/strict';
import type { Attempt } from '../../../common/domain/status/history.ts';
import type { CredentialStatus } from '../../../common/domain/status/status.ts';
import { timelineOf } from './timeline.ts';

const minute = 60_000;
const now = Date.UTC(2026, 10, 24, 12);
const helper = { version: '1', roles: [], startedAt: now - 120 * minute } as const;

function credential(more: Partial<CredentialStatus> = {}): CredentialStatus {
  const times = { fetchedAt: now - 30 * minute, expiresAt: now + 30 * minute, renewsAt: now + 15 * minute };
  return { sourceId: 'a', name: 'cri-a', state: 'fresh', hosts: [], ...times, ...more };
}

function attempt(minutesAgo: number, failure?: string): Attempt {
  const at = now - minutesAgo * minute;
  return { sourceId: 'a', at, seenAt: at, tries: 1, ...(failure === undefined ? {} : { failure }) };
}

describe('timeline of credentials', () => {
  it('shows the past hour and what is ahead until the last expiry', () => {
    const { from, to, now: place } = timelineOf({ credentials: [credential()], helper }, [], now);
    assert.equal(from, now - 60 * minute);
    assert.ok(to > now + 30 * minute && to <= now + 40 * minute);
    assert.ok(place > 60 && place < 66);
  });

  it('shows only as much of the past as the process has seen', () => {
    const young = { ...helper, startedAt: now - 3 * minute };
    const { from } = timelineOf({ credentials: [credential({ fetchedAt: now - 2 * minute })], helper: young }, [], now);
    assert.equal(from, now - 3 * minute);
  });

  it('a bar goes from the fetch to the expiry, with the renewal on it', () => {
    const [row] = timelineOf({ credentials: [credential()], helper }, [], now).rows;
    assert.ok(row?.bar !== undefined && row.renewal !== undefined);
    assert.ok(row.bar.start < row.renewal && row.renewal < row.bar.end && row.bar.end <= 100);
    assert.equal(row.bar.endsLater, false);
  });

  it('a bar that ends beyond the right edge says so', () => {
    const [row] = timelineOf({ credentials: [credential({ expiresAt: now + 600 * minute })], helper }, [], now).rows;
    assert.deepEqual([row?.bar?.end, row?.bar?.endsLater], [100, true]);
  });

  it('what needs somebody comes first', () => {
    const credentials = [
      credential(),
      credential({ sourceId: 'b', state: 'failing' }),
      credential({ sourceId: 'c', state: 'missing' }),
    ];
    const states = timelineOf({ credentials, helper }, [], now).rows.map(({ credential: { state } }) => state);
    assert.deepEqual(states, ['missing', 'failing', 'fresh']);
  });

  it('tries too close together to be told apart are one tick, with the reason of the last and how many they were', () => {
    const attempts = [attempt(40), attempt(10.02, 'first'), attempt(10.01, 'then')];
    const [row] = timelineOf({ credentials: [credential()], helper }, attempts, now).rows;
    assert.deepEqual(
      row?.ticks.map(({ tries, failure }) => [tries, failure]),
      [
        [1, undefined],
        [2, 'then'],
      ],
    );
  });

  it('a tick stays the same one while time goes by', () => {
    const attempts = Array.from({ length: 30 }, (_, index) => attempt(30 - index, 'refused'));
    const ids = (at: number): readonly number[] =>
      timelineOf({ credentials: [credential()], helper }, attempts, at).rows[0]?.ticks.map(({ id }) => id) ?? [];
    for (let second = 0; second < 50; second++) assert.deepEqual(ids(now + second * 1000), ids(now));
  });

  it('marks are round moments, and few', () => {
    const { marks } = timelineOf({ credentials: [credential()], helper }, [], now);
    assert.ok(marks.length >= 4 && marks.length <= 9);
    for (const { at } of marks) assert.equal(at % (5 * minute), 0);
  });
});
