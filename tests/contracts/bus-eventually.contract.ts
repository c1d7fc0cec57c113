import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';

import { Failure } from '../../common/domain/failure.ts';
import { urgencies } from '../../common/domain/urgency.ts';
import type { Bus, Consumer, Handler } from '../../queues/bus.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import type { BusFactory } from './bus-under-test.ts';

/** What must hold for any order of events: the last publish of each key is followed by a complete handling, one at a time. */
export function defineBusEventuallyContract(kind: string, open: BusFactory): void {
  describe(`${kind}: whatever happens`, () => {
    it('every key is handled to the end after its last publish, and never twice at once', async function () {
      this.timeout(40_000);
      await fc.assert(
        fc.asyncProperty(story, async (steps) => {
          const bus = await open({});
          try {
            await play(bus, steps);
          } finally {
            await bus.close();
          }
        }),
        { numRuns: 20, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
      );
    });
  });
}

type Step =
  | { readonly kind: 'publish'; readonly keys: readonly number[]; readonly rank: number }
  | { readonly kind: 'pause'; readonly milliseconds: number }
  | { readonly kind: 'new-consumer' }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly Outcome[] };

const outcomes = ['end', 'read-again', 'retry', 'again', 'crash', 'give-up'] as const;
type Outcome = (typeof outcomes)[number];

const story: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('publish' as const),
        keys: fc.array(fc.nat(5), { minLength: 1, maxLength: 8 }),
        rank: fc.nat(urgencies.length - 1),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('pause' as const), milliseconds: fc.nat(8) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('new-consumer' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('outcomes' as const),
        outcomes: fc.array(fc.constantFrom(...outcomes), { maxLength: 4 }),
      }),
    },
  ),
  { minLength: 5, maxLength: 60 },
);

/** A version of each key goes up before it is published; a handling that ends well has seen the version at its start. */
async function play(bus: Bus, steps: readonly Step[]): Promise<void> {
  const published = new Map<string, number>();
  const done = new Map<string, number>();
  const busy = new Set<string>();
  const script: Outcome[] = [];
  const twice: string[] = [];

  const handle: Handler<'namespace.sync'> = async ({ data: { namespace } }) => {
    if (busy.has(namespace)) twice.push(namespace);
    busy.add(namespace);
    const version = published.get(namespace) ?? 0;
    const outcome = script.shift() ?? 'end';
    await sleep(outcome === 'end' ? 1 : 3);
    busy.delete(namespace);
    if (outcome === 'read-again') throw new Failure('kubernetes-conflict', 'conflict');
    if (outcome === 'retry') throw new Failure('kubernetes-unreachable', 'unreachable');
    if (outcome === 'crash') throw new TypeError('crash');
    done.set(namespace, version);
    if (outcome === 'give-up') throw new Failure('kubernetes-namespace-terminating', 'terminating');
    return outcome === 'again' ? { againAfterSeconds: 0.02 } : undefined;
  };

  let consumer: Consumer = await bus.consume('namespace.sync', { handle, concurrency: 3 });
  for (const step of steps) {
    switch (step.kind) {
      case 'publish': {
        const names = step.keys.map((key) => `key-${String(key)}`);
        for (const name of names) published.set(name, (published.get(name) ?? 0) + 1);
        const urgency = urgencies[step.rank]!;
        await bus.publish(
          'namespace.sync',
          names.map((namespace) => ({ data: { namespace, cause: 'sweep' }, urgency })),
        );
        break;
      }
      case 'pause':
        await sleep(step.milliseconds);
        break;
      case 'new-consumer':
        await consumer.close();
        consumer = await bus.consume('namespace.sync', { handle, concurrency: 3 });
        break;
      case 'outcomes':
        script.push(...step.outcomes);
    }
  }
  await waitUntil('the last publish of every key', 10, async () =>
    [...published].every(([name, version]) => done.get(name) === version) ? true : undefined,
  );
  assert.deepEqual(twice, []);
}
