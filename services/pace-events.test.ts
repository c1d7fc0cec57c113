import assert from 'node:assert/strict';
import { manualTime, type ManualTime } from '../tests/fixtures/manual-time.ts';
import type { EventWrite, WriteOutcome } from './ongoing-event.ts';
import { EventPacer } from './pace-events.ts';

describe('EventPacer', () => {
  let time: ManualTime;
  let sent: string[];
  let answer: (write: EventWrite) => Promise<WriteOutcome>;
  let pacer: EventPacer;

  beforeEach(() => {
    time = manualTime();
    sent = [];
    answer = async () => 'written';
    pacer = pacerOf(3);
  });

  function pacerOf(burst: number): EventPacer {
    const send = (write: EventWrite): Promise<WriteOutcome> => {
      sent.push(wordsOf(write));
      return answer(write);
    };
    const rules = { heartbeatSeconds: 360, isSeenByAll: false, mayRepeat: () => true };
    return new EventPacer({ ...time, ...rules, send, burst, secondsPerRequest: 5 });
  }

  async function offer(note: string, topic = 'configuration', uid?: string): Promise<void> {
    pacer.offer(topic, { type: 'Normal', reason: 'Told', note, at: time.clock(), uid });
    await time.advance(0);
  }

  it('sends at once after a quiet time', async () => {
    await offer('a');
    assert.deepEqual(sent, ['a']);
  });

  it('counts what happens again within ten minutes on the same Event', async () => {
    await offer('a');
    await time.advance(599_999);
    await offer('a');
    assert.deepEqual(sent, ['a', 'a ×2']);
  });

  it('makes another Event of it afterwards', async () => {
    await offer('a');
    await time.advance(600_000);
    await offer('a');
    assert.deepEqual(sent, ['a', 'a']);
  });

  it('writes what goes on at every heartbeat, and nothing more when it has ended', async () => {
    pacer = pacerOf(100);
    for (let second = 0; second < 720; second++) {
      await offer('a');
      await time.advance(1000);
    }
    await time.advance(3_600_000);
    assert.deepEqual(sent, ['a', 'a ×2', 'a ×361', 'a ×720']);
    assert.equal(time.pending(), 0);
  });

  it('counts two words that alternate on two Events', async () => {
    pacer = pacerOf(10);
    for (const note of ['a', 'b', 'a', 'b']) await offer(note);
    assert.deepEqual(sent, ['a', 'b', 'a ×2', 'b ×2']);
  });

  it('makes another Event for an object that was created anew', async () => {
    await offer('a', 'configuration', 'uid-1');
    await offer('a', 'configuration', 'uid-2');
    assert.deepEqual(sent, ['a', 'a']);
  });

  it('sends the latest of what was too much, as soon as it may', async () => {
    for (const note of ['a', 'b', 'c', 'd', 'e']) await offer(note);
    assert.deepEqual(sent, ['a', 'b', 'c']);
    await time.advance(5000);
    assert.deepEqual(sent, ['a', 'b', 'c', 'e']);
  });

  it('sends a new word before the count of an old one', async () => {
    for (const note of ['a', 'b', 'c', 'c', 'd']) await offer(note);
    await time.advance(10_000);
    assert.deepEqual(sent, ['a', 'b', 'c', 'd', 'c ×2']);
  });

  it('keeps a part of the rate for new words', async () => {
    pacer = pacerOf(10);
    for (let offered = 0; offered < 9; offered++) await offer(`note ${offered % 5}`, `topic ${offered % 5}`);
    assert.equal(sent.length, 5 + 3);
    await offer('new', 'another');
    assert.equal(sent.at(-1), 'new');
  });

  it('sends no more than one per interval while there is no end', async () => {
    for (let second = 0; second < 100; second++) {
      await offer(`note ${second}`);
      await time.advance(1000);
    }
    assert.equal(sent.length, 3 + 100 / 5);
  });

  it('lets no topic overtake another', async () => {
    for (const note of ['a', 'b', 'c']) await offer(note);
    await offer('d', 'one');
    await offer('e', 'two');
    await time.advance(10_000);
    assert.deepEqual(sent.slice(3), ['d', 'e']);
  });

  it('does not say a word late that did not arrive before the next of its topic', async () => {
    answer = async () => 'failed';
    await offer('a');
    await time.advance(1);
    answer = async () => 'written';
    await offer('b');
    await time.advance(3_600_000);
    assert.deepEqual(sent, ['a', 'b']);
  });

  it('does not ask again while an answer is outstanding', async () => {
    let arrive = (_outcome: WriteOutcome): void => undefined;
    answer = () => new Promise((resolve) => (arrive = resolve));
    await offer('a');
    await offer('a');
    await offer('a');
    assert.deepEqual(sent, ['a']);
    arrive('written');
    await time.advance(0);
    assert.deepEqual(sent, ['a', 'a ×3']);
  });

  it('says at the end what was not said yet, and nothing afterwards', async () => {
    pacer = pacerOf(10);
    for (let offered = 0; offered < 4; offered++) await offer('a');
    await pacer.close();
    await offer('b');
    await time.advance(3_600_000);
    assert.deepEqual(sent, ['a', 'a ×2', 'a ×4']);
    assert.equal(time.pending(), 0);
  });

  it('forgets, when there are too many, what did not happen for the longest time', async () => {
    pacer = pacerOf(1000);
    for (let topic = 0; topic < 201; topic++) {
      await offer(`note ${topic}`, `topic ${topic}`);
      await time.advance(1);
    }
    await offer('note 0', 'topic 0');
    await offer('note 200', 'topic 200');
    assert.deepEqual(sent.slice(-2), ['note 0', 'note 200 ×2']);
  });
});

function wordsOf({ event, series }: EventWrite): string {
  return series === undefined ? event.note : `${event.note} ×${series.count}`;
}
