import assert from 'node:assert/strict';
import { Failure } from '../../common/domain/failure.ts';
import { patiently, removeObject } from './cleanup-steps.ts';

describe('a removal', () => {
  it('is tried again after the wait that the API server named', async () => {
    const pauses: number[] = [];
    const failures = [new Failure('kubernetes-throttled', 'slow down', { retryAfterSeconds: 3 })];
    await patiently(async (seconds) => void pauses.push(seconds), failing(failures));
    assert.deepEqual(pauses, [3]);
  });

  it('is not tried again where only a person can help', async () => {
    const denied = new Failure('kubernetes-forbidden', 'no');
    await assert.rejects(patiently(noPause, failing([denied])), denied);
  });

  it('gives up when the cause does not pass', async () => {
    const failures = Array.from({ length: 50 }, () => new Failure('kubernetes-error', 'etcd is away'));
    await assert.rejects(patiently(noPause, failing(failures)), { code: 'kubernetes-error' });
    assert.ok(failures.length > 40, 'a handful of tries');
  });

  it('is done when the object is gone, or goes with its namespace', async () => {
    for (const code of ['kubernetes-not-found', 'kubernetes-namespace-terminating'] as const)
      await removeObject(noPause, 1, { write: failing([new Failure(code, 'gone')]), read: async () => 2 });
  });

  it('is planned on what is there now when somebody else was faster', async () => {
    const written: number[] = [];
    const write = async (seen: number): Promise<void> => {
      written.push(seen);
      if (seen < 3) throw new Failure('kubernetes-conflict', 'changed');
    };
    await removeObject(noPause, 1, { write, read: async () => written.length + 1 });
    assert.deepEqual(written, [1, 2, 3]);
  });

  it('ends when the object is no longer ours', async () => {
    const write = failing([new Failure('kubernetes-conflict', 'changed')]);
    await removeObject(noPause, 1, { write, read: async () => undefined });
  });
});

async function noPause(): Promise<void> {}

/** Fails with each of these in turn, then succeeds. */
function failing(failures: Failure[]): () => Promise<void> {
  return async () => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
  };
}
