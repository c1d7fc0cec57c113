import assert from 'node:assert/strict';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import { partOf, sweepParts } from '../../common/domain/namespaces/sweep.ts';
import type { HandlerResult, QueueDepth } from '../../queues/bus.ts';
import { namespace } from '../../tests/fixtures/values.ts';
import { sweepNamespaces } from './sweep-namespaces.ts';

const names = Array.from({ length: 100 }, (_item, index) => `team-${index}`);
const idle: QueueDepth = { queue: 'namespaces', waiting: 0, active: 0, delayed: 3, oldestAgeSeconds: 9 };

describe('sweepNamespaces', () => {
  let published: { readonly namespace: string; readonly cause: string; readonly urgency: string }[];
  let depth: QueueDepth;
  let observations: ReturnType<typeof createMemoryObservationStore>;

  beforeEach(async () => {
    published = [];
    depth = idle;
    observations = createMemoryObservationStore();
    for (const name of names) {
      const state = namespace({ name });
      await observations.observe([{ kind: 'namespace', namespace: name, resourceVersion: '1', state }]);
    }
    await observations.markListed('everything', 0);
  });

  async function sweep(part: number): Promise<HandlerResult> {
    const handle = sweepNamespaces({
      observations,
      bus: {
        publish: async (_name, messages) => {
          for (const { data, urgency } of messages)
            published.push({ ...(data as (typeof published)[number]), urgency });
        },
        depths: async () => [depth],
      },
    });
    return handle({ data: { part }, urgency: 'periodic', attempt: 1, signal: new AbortController().signal });
  }

  it('names every namespace once in all parts together, as the least urgent work', async () => {
    for (let part = 0; part < sweepParts; part++) await sweep(part);
    assert.deepEqual(published.map((message) => message.namespace).toSorted(), names.toSorted());
    assert.deepEqual(
      new Set(published.map(({ cause, urgency }) => `${cause} ${urgency}`)),
      new Set(['sweep periodic']),
    );
  });

  it('names those of the part and no others', async () => {
    await sweep(7);
    assert.ok(published.every((message) => partOf(message.namespace) === 7));
  });

  it('waits while there is other work, so that it does not take what is under way for something missed', async () => {
    for (const busy of [{ waiting: 1 }, { active: 1 }]) {
      depth = { ...idle, ...busy };
      assert.deepEqual(await sweep(0), { againAfterSeconds: 2 });
    }
    assert.deepEqual(published, []);
  });

  it('does nothing before everything was listed', async () => {
    observations = createMemoryObservationStore();
    await sweep(0);
    assert.deepEqual(published, []);
  });
});
