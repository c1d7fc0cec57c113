import assert from 'node:assert/strict';

import { Failure } from '../../domain/failure.ts';
import { createDomainMemory } from './domain-memory.ts';

describe('remembered domains', () => {
  const setUp = () => {
    const world = { now: 0, listed: 0, failure: undefined as Failure | undefined };
    const memory = createDomainMemory(() => world.now);
    const recall = async () =>
      await memory.recall('source', async () => {
        world.listed++;
        if (world.failure !== undefined) throw world.failure;
        return [`domain-${world.listed}`];
      });
    return { world, recall };
  };

  it('are listed again after an hour', async () => {
    const { world, recall } = setUp();
    await recall();
    world.now = 3_599_999;
    assert.deepEqual(await recall(), ['domain-1']);
    world.now = 3_600_000;

    assert.deepEqual(await recall(), ['domain-2']);
  });

  it('serve on while they cannot be listed', async () => {
    const { world, recall } = setUp();
    await recall();
    world.now = 3_600_000;
    world.failure = new Failure('cloud-access-denied', 'no');

    assert.deepEqual(await recall(), ['domain-1']);
  });

  it('do not hide that the session ended', async () => {
    const { world, recall } = setUp();
    await recall();
    world.now = 3_600_000;
    world.failure = new Failure('cloud-session-invalid', 'over');

    await assert.rejects(recall(), { code: 'cloud-session-invalid' });
  });

  it('that were never listed are a failure', async () => {
    const { world, recall } = setUp();
    world.failure = new Failure('cloud-access-denied', 'no');

    await assert.rejects(recall(), { code: 'cloud-access-denied' });
  });
});
