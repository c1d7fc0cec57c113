import assert from 'node:assert/strict';
import fc from 'fast-check';
import { manualTime } from '../tests/fixtures/manual-time.ts';
import type { EventWrite, WriteOutcome } from './ongoing-event.ts';
import { EventPacer } from './pace-events.ts';

const secondsPerRequest = 5;

/** What is offered, and what the API server does with what it is asked meanwhile. */
const step = fc.record({
  topic: fc.integer({ min: 0, max: 2 }),
  note: fc.integer({ min: 0, max: 2 }),
  waitSeconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 300, max: 900 })),
  server: fc.constantFrom<Behaviour>('answers', 'answers', 'answers', 'is down', 'forgets', 'is slow'),
});

/** The same few words again and again. */
const quickStep = step.map((slow) => ({ ...slow, note: 0, waitSeconds: slow.waitSeconds % 3 }));

type Behaviour = 'answers' | 'is down' | 'forgets' | 'is slow';

describe('whatever is offered, Events', () => {
  it('show as many occurrences as there were when they were written last, and none is lost after the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 10, max: 20 }), async (steps, burst) => {
        const run = await follow(steps, { burst, heartbeatSeconds: 360 });
        await run.pacer.close();
        for (const { shown, occurred } of run.writes) assert.equal(shown, occurred);
        // Ended while the server answers and the rate allows: nothing is left.
        assert.deepEqual(run.unsaid(), []);
        assert.equal(run.time.pending(), 0);
      }),
      { numRuns: 150 },
    );
  });

  it('never take more requests than the rate allows, of whatever kind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(quickStep, { minLength: 30, maxLength: 120 }),
        fc.integer({ min: 1, max: 6 }),
        async (steps, burst) => {
          const { writes } = await follow(steps, { burst, heartbeatSeconds: 1 });
          for (const [index, { at }] of writes.entries()) {
            const within = writes.slice(index).filter((other) => other.at - at <= 60_000).length;
            assert.ok(within <= burst + 60 / secondsPerRequest + 1, `${within} within a minute`);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

type Rate = { readonly burst: number; readonly heartbeatSeconds: number };

type Write = { readonly at: number; readonly shown: number; readonly occurred: number };

/** Offers all of it, each word as a topic of its own, then lets a time of health pass that is shorter than a heartbeat. */
async function follow(
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  { burst, heartbeatSeconds }: Rate,
) {
  const time = manualTime();
  const writes: Write[] = [];
  const there = new Map<string, number>();
  /** How often each word was offered since its series began. */
  const offered = new Map<string, number>();
  let behaviour: Behaviour = 'answers';
  const send = async ({ kind, event, series }: EventWrite): Promise<WriteOutcome> => {
    const count = series?.count ?? 1;
    writes.push({ at: time.clock(), shown: count, occurred: offered.get(event.note) ?? 0 });
    if (behaviour === 'is slow') await new Promise<void>((resolve) => void time.timers.after(2000, resolve));
    if (behaviour === 'is down') return 'failed';
    if (kind === 'repeat' && !there.has(event.note)) return 'gone';
    there.set(event.note, count);
    return 'written';
  };
  const pacer = new EventPacer({
    ...time,
    send,
    burst,
    secondsPerRequest,
    heartbeatSeconds,
    isSeenByAll: false,
    mayRepeat: () => true,
  });
  const lastAt = new Map<string, number>();
  for (const { topic, note, waitSeconds, server } of steps) {
    behaviour = server;
    if (server === 'forgets') there.clear();
    const word = `${topic}/${note}`;
    const isAnew = time.clock() - (lastAt.get(word) ?? -Infinity) >= 600_000;
    offered.set(word, isAnew ? 1 : (offered.get(word) ?? 0) + 1);
    lastAt.set(word, time.clock());
    pacer.offer(`topic ${word}`, { type: 'Normal', reason: 'Told', note: word, at: time.clock() });
    // An outage ends before anything is given up.
    await time.advance(1000 * (server === 'is down' ? Math.min(waitSeconds, 10) : waitSeconds));
  }
  behaviour = 'answers';
  await time.advance(300_000);
  const unsaid = (): readonly string[] =>
    [...offered].filter(([word, count]) => there.has(word) && there.get(word) !== count).map(([word]) => word);
  return { time, pacer, writes, unsaid };
}
