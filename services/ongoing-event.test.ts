import assert from 'node:assert/strict';
import {
  beginEvent,
  eventKey,
  happensAgain,
  isOver,
  nextWrite,
  settleWrite,
  type OngoingEvent,
  type SeriesRules,
  type WriteOutcome,
} from './ongoing-event.ts';

const rules: SeriesRules = { heartbeatSeconds: 360, isSeenByAll: false, mayRepeat: true };
const sharedRules: SeriesRules = { ...rules, isSeenByAll: true };
const withoutRight: SeriesRules = { ...rules, mayRepeat: false };
const first = { type: 'Warning', reason: 'Refused', note: 'a mistake', at: 1000, occasion: '42' } as const;

/** The next write is under way and has that outcome. */
function write(ongoing: OngoingEvent, outcome: WriteOutcome, now: number, by = rules): OngoingEvent {
  return settleWrite({ ...ongoing, inFlight: nextWrite(ongoing, by) }, outcome, now, by);
}

function again(ongoing: OngoingEvent, at: number, by = rules, occasion = `at ${at}`): OngoingEvent {
  return happensAgain(ongoing, { ...first, at, occasion }, by);
}

describe('an Event that happens again', () => {
  const begun = beginEvent('topic', first);
  const said = write(begun, 'written', 1100);

  it('is recorded the first time, without a series', () => {
    assert.deepEqual(nextWrite(begun, rules), { kind: 'record', event: first });
    assert.equal(nextWrite(said, rules), undefined);
  });

  it('becomes a series of two at once', () => {
    const twice = again(said, 2000);
    assert.deepEqual(nextWrite(twice, rules), {
      kind: 'repeat',
      event: first,
      series: { count: 2, lastObservedAt: 2000 },
    });
    assert.ok(twice.notBefore <= 2000);
  });

  it('is counted from then on, and written once per heartbeat', () => {
    const told = write(again(said, 2000), 'written', 2100);
    const later = again(again(told, 3000), 4000);
    assert.deepEqual(nextWrite(later, rules)?.series, { count: 4, lastObservedAt: 4000 });
    assert.equal(later.notBefore, 2100 + 360_000);
  });

  it('keeps what happens while a write is under way for the next one', () => {
    const asked = { ...again(said, 2000), inFlight: nextWrite(again(said, 2000), rules) };
    const settled = settleWrite(again(asked, 2050), 'written', 2100, rules);
    assert.deepEqual([settled.shownCount, nextWrite(settled, rules)?.series?.count], [2, 3]);
  });

  it('is recorded anew with its count when it is gone', () => {
    const gone = write(again(said, 2000), 'gone', 2100);
    assert.deepEqual(nextWrite(gone, rules), {
      kind: 'record',
      event: first,
      series: { count: 2, lastObservedAt: 2000 },
    });
    assert.equal(gone.notBefore, 2100);
  });

  it('is written again a while after a write that did not arrive', () => {
    const failed = write(again(said, 2000), 'failed', 2100);
    assert.deepEqual(nextWrite(failed, rules), nextWrite(again(said, 2000), rules));
    assert.equal(failed.notBefore, 2100 + 30_000);
  });

  it('is not asked for again when it was refused, until it happens once more', () => {
    const refused = write(begun, 'refused', 1100);
    assert.equal(nextWrite(refused, rules), undefined);
    assert.equal(nextWrite(again(refused, 2000), rules)?.series?.count, 2);
  });

  it('counts on an Event of its own when another process has recorded the first', () => {
    const taken = write(begun, 'taken', 1100);
    assert.equal(nextWrite(taken, rules), undefined);
    const next = nextWrite(again(taken, 2000), rules);
    assert.deepEqual([next?.kind, next?.series?.count], ['record', 2]);
    assert.notEqual(next?.event.occasion, first.occasion);
  });

  it('goes on with that of another process when both see the same', () => {
    const taken = write(begun, 'taken', 1100, sharedRules);
    assert.deepEqual(nextWrite(again(taken, 2000, sharedRules), sharedRules), {
      kind: 'repeat',
      event: first,
      series: { count: 2, lastObservedAt: 2000 },
    });
  });

  it('counts one occasion once where all processes see the same', () => {
    assert.equal(again(said, 2000, sharedRules, '42').count, 1);
    assert.equal(again(said, 2000, rules, '42').count, 2);
  });

  it('is over ten minutes after it happened last, when that was written', () => {
    assert.equal(isOver(said, 1000 + 599_999, rules), false);
    assert.equal(isOver(said, 1000 + 600_000, rules), true);
    assert.equal(isOver(again(said, 500_000), 1_000_000, rules), false);
    assert.equal(isOver(write(again(said, 500_000), 'written', 500_000), 1_100_000, rules), true);
  });

  it('is given up ten minutes after it happened last, when it cannot be written', () => {
    assert.equal(isOver(begun, 10_000_000, rules), false);
    assert.equal(isOver(write(begun, 'failed', 9_000_000), 10_000_000, rules), true);
  });

  it('is recorded anew every ten minutes, without a count, where Events may not be patched', () => {
    const twice = again(said, 500_000);
    assert.equal(nextWrite(twice, withoutRight), undefined);
    assert.equal(isOver(twice, 1100 + 599_999, withoutRight), false);
    assert.equal(isOver(twice, 1100 + 600_000, withoutRight), true);
  });

  it('is another when a word, the kind or the object differs', () => {
    const others = [
      { ...first, note: 'another' },
      { ...first, type: 'Normal' as const },
      { ...first, reason: 'Other' },
      { ...first, namespace: 'shop' },
      { ...first, namespace: 'shop', pod: 'web-1' },
      { ...first, uid: 'made anew' },
    ];
    assert.equal(new Set([first, ...others].map(eventKey)).size, 1 + others.length);
    assert.equal(eventKey({ ...first, at: 2, occasion: 'x' }), eventKey(first));
  });
});
