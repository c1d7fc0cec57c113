import assert from 'node:assert/strict';
import type { KubernetesEvent } from '../common/ports.ts';
import { manualTime, type ManualTime } from '../tests/fixtures/manual-time.ts';
import { EventPacer } from './pace-events.ts';

describe('EventPacer', () => {
  let time: ManualTime;
  let sent: string[];
  let pacer: EventPacer;

  beforeEach(() => {
    time = manualTime();
    sent = [];
    const send = ({ note }: KubernetesEvent): void => void sent.push(note);
    pacer = new EventPacer({ ...time, send, burst: 3, secondsPerEvent: 5 });
  });

  function offer(note: string, topic = 'configuration', uid?: string): void {
    pacer.offer(topic, { type: 'Normal', reason: 'Told', note, at: 0, uid });
  }

  it('sends at once after a quiet time', () => {
    offer('a');
    assert.deepEqual(sent, ['a']);
  });

  it('does not repeat the last word of a topic within ten minutes', async () => {
    offer('a');
    await time.advance(599_999);
    offer('a');
    assert.deepEqual(sent, ['a']);
  });

  it('repeats it afterwards', async () => {
    offer('a');
    await time.advance(600_000);
    offer('a');
    assert.deepEqual(sent, ['a', 'a']);
  });

  it('says again what was said before something else', () => {
    for (const note of ['a', 'b', 'a']) offer(note);
    assert.deepEqual(sent, ['a', 'b', 'a']);
  });

  it('says it again of an object that was created anew', () => {
    offer('a', 'configuration', 'uid-1');
    offer('a', 'configuration', 'uid-2');
    assert.deepEqual(sent, ['a', 'a']);
  });

  it('sends the latest of what was too much, as soon as it may', async () => {
    for (const note of ['a', 'b', 'c', 'd', 'e']) offer(note);
    assert.deepEqual(sent, ['a', 'b', 'c']);
    await time.advance(5000);
    assert.deepEqual(sent, ['a', 'b', 'c', 'e']);
  });

  it('lets what waits be when the last word holds again', async () => {
    for (const note of ['a', 'b', 'c', 'd', 'c']) offer(note);
    await time.advance(60_000);
    assert.deepEqual(sent, ['a', 'b', 'c']);
  });

  it('sends no more than one per interval while there is no end', async () => {
    for (let second = 0; second < 100; second++) {
      offer(`note ${second}`);
      await time.advance(1000);
    }
    assert.equal(sent.length, 3 + 100 / 5);
  });

  it('lets no topic overtake another', async () => {
    for (const note of ['a', 'b', 'c']) offer(note);
    offer('d', 'one');
    offer('e', 'two');
    await time.advance(10_000);
    assert.deepEqual(sent.slice(3), ['d', 'e']);
  });
});
