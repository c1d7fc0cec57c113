import assert from 'node:assert/strict';
import { Pools } from './serve-pools.ts';

describe('Pools', () => {
  let opened: string[];
  let closed: string[];
  let failsOnce: string | undefined;
  let waiting: readonly string[];
  let counted: number;
  let pools: Pools;

  beforeEach(() => {
    opened = [];
    closed = [];
    failsOnce = undefined;
    waiting = [];
    counted = 0;
    pools = new Pools(
      {
        depths: async () => {
          counted++;
          return [...waiting, 'namespaces'].map((queue) => ({
            queue,
            waiting: 0,
            active: 0,
            delayed: 1,
            oldestAgeSeconds: 1,
          }));
        },
        consume: async (_name, { queue = '' }) => {
          if (failsOnce === queue) {
            failsOnce = undefined;
            throw new Error('Redis is away');
          }
          opened.push(queue);
          return { close: async () => void closed.push(queue) };
        },
      },
      async () => undefined,
    );
  });

  it('opens a queue of its own for each pool', async () => {
    await pools.serve(new Set(['cn-hangzhou.cluster', 'cn-beijing.key-1a2b3c4d']));
    assert.deepEqual(opened, ['fetch.cn-hangzhou.cluster', 'fetch.cn-beijing.key-1a2b3c4d']);
  });

  it('leaves open what is open, and closes what is not needed any more', async () => {
    await pools.serve(new Set(['one', 'two']));
    await pools.serve(new Set(['two', 'three']));
    assert.deepEqual([opened, closed], [['fetch.one', 'fetch.two', 'fetch.three'], ['fetch.one']]);
  });

  it('opens each pool once, however many ask at the same time', async () => {
    await Promise.all([pools.serve(new Set(['one'])), pools.serve(new Set(['one']))]);
    assert.deepEqual(opened, ['fetch.one']);
  });

  it('says that a pool could not be opened, and opens it when it is asked again', async () => {
    failsOnce = 'fetch.one';
    await assert.rejects(pools.serve(new Set(['one', 'two'])), /Redis is away/);
    await pools.serve(new Set(['one', 'two']));
    assert.deepEqual(opened, ['fetch.two', 'fetch.one']);
  });

  it('goes on with a pool that is not needed any more until nothing waits in it', async () => {
    await pools.serve(new Set(['one', 'two']));
    waiting = ['fetch.one'];
    await pools.serve(new Set(['two']));
    assert.deepEqual(closed, []);
    waiting = [];
    await pools.serve(new Set(['two']));
    assert.deepEqual(closed, ['fetch.one']);
  });

  it('takes up what another process left in a pool that is not needed any more', async () => {
    waiting = ['fetch.left-behind'];
    await pools.serve(new Set(['one']));
    assert.deepEqual(opened, ['fetch.one', 'fetch.left-behind']);
    waiting = [];
    await pools.serve(new Set(['one']));
    assert.deepEqual(closed, ['fetch.left-behind']);
  });

  it('counts no queue while no pool is superfluous', async () => {
    for (let turn = 0; turn < 3; turn++) await pools.serve(new Set(['one']));
    assert.equal(counted, 1);
  });
});
