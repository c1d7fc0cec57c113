import assert from 'node:assert/strict';
import { Failure } from '../domain/failure.ts';
import { persistently } from './persistently.ts';

const quick = { firstSeconds: 0.001, maxSeconds: 0.002 };

describe('persistently', () => {
  it('does the work again until it succeeds', async () => {
    let attempts = 0;
    const work = async (): Promise<number> => {
      if (++attempts < 4) throw new Failure('redis-unreachable', 'gone');
      return attempts;
    };
    assert.equal(await persistently(work, { ...quick, signal: new AbortController().signal }), 4);
  });

  it('ends at once for a failure that no repetition mends', async () => {
    let attempts = 0;
    const work = async (): Promise<never> => {
      attempts++;
      throw new Failure('redis-policy', 'allkeys-lru');
    };
    await assert.rejects(persistently(work, { ...quick, signal: new AbortController().signal }), {
      code: 'redis-policy',
    });
    assert.equal(attempts, 1);
  });

  it('ends when it is told to stop', async () => {
    const abort = new AbortController();
    const work = (): Promise<never> => Promise.reject(new Failure('redis-unreachable', 'gone'));
    const running = persistently(work, { firstSeconds: 60, signal: abort.signal });
    setTimeout(() => abort.abort(), 5);
    await assert.rejects(running);
  });
});
