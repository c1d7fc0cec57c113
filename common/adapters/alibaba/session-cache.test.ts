import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';

import { Failure } from '../../domain/failure.ts';
import { SecretText } from '../../domain/secret-text.ts';
import { createSessionCache } from './session-cache.ts';
import type { Session, SessionProvider } from './session.ts';

const hour = 3_600_000;
const never = new AbortController().signal;
setMaxListeners(0, never);

describe('shared sessions', () => {
  const setUp = (lifeMilliseconds: number) => {
    const world = { now: 1_000_000, opened: 0, failure: undefined as Failure | undefined };
    const cache = createSessionCache(() => world.now);
    const open: SessionProvider = async () => {
      world.opened++;
      if (world.failure !== undefined) throw world.failure;
      return sessionUntil(world.now + lifeMilliseconds);
    };
    const obtain = async (key = 'key') => await cache.obtain(key, open, never);
    return { world, cache, obtain };
  };
  const sessionUntil = (expiresAt: number | undefined): Session => ({
    accessKeyId: 'STS.a',
    accessKeySecret: new SecretText('s'),
    securityToken: new SecretText('t'),
    expiresAt,
  });

  it('serve until less than an hour is left', async () => {
    const { world, obtain } = setUp(12 * hour);
    await obtain();
    world.now += 11 * hour;
    await obtain();
    assert.equal(world.opened, 1);
    world.now += 1;
    await obtain();

    assert.equal(world.opened, 2);
  });

  it('of an hour serve those who come within six minutes, and are then renewed', async () => {
    const { world, obtain } = setUp(hour);
    await obtain();
    world.now += 360_000;
    await obtain();
    assert.equal(world.opened, 1);
    world.now += 1;
    await obtain();

    assert.equal(world.opened, 2);
  });

  it('of different keys are different', async () => {
    const { world, obtain } = setUp(hour);
    await Promise.all([obtain('a'), obtain('b')]);

    assert.equal(world.opened, 2);
  });

  it('are opened once, however many ask meanwhile', async () => {
    const { world, obtain } = setUp(hour);
    const sessions = await Promise.all(Array.from({ length: 20 }, async () => await obtain()));

    assert.equal(world.opened, 1);
    assert.equal(new Set(sessions).size, 1);
  });

  it('that could not be opened are asked for again', async () => {
    const { world, obtain } = setUp(hour);
    world.failure = new Failure('assume-role-denied', 'no');
    await assert.rejects(obtain(), { code: 'assume-role-denied' });
    world.failure = undefined;
    await obtain();

    assert.equal(world.opened, 2);
  });

  it('that are too short serve on while a new one cannot be had for now', async () => {
    const { world, obtain } = setUp(hour);
    const first = await obtain();
    world.failure = new Failure('cloud-error', 'later');
    world.now += 0.9 * hour;
    assert.equal(await obtain(), first);
    world.now += 1;

    await assert.rejects(obtain(), { code: 'cloud-error' });
  });

  it('that are too short do not serve on when a new one is refused', async () => {
    const { world, obtain } = setUp(hour);
    await obtain();
    world.failure = new Failure('assume-role-denied', 'no');
    world.now += 0.5 * hour;

    await assert.rejects(obtain(), { code: 'assume-role-denied' });
  });

  it('that the cloud refused are forgotten, but not the ones that replaced them', async () => {
    const { world, cache, obtain } = setUp(hour);
    const first = await obtain();
    cache.forget(first);
    const second = await obtain();
    cache.forget(first);

    assert.equal(await obtain(), second);
    assert.equal(world.opened, 2);
  });

  it('are not given up because one of those who wait gives up', async () => {
    const cache = createSessionCache(() => 0);
    let finish: (session: Session) => void = () => undefined;
    let aborted = false;
    const open: SessionProvider = async (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return await new Promise((resolve) => (finish = resolve));
    };
    const impatient = new AbortController();
    const first = cache.obtain('key', open, impatient.signal);
    const second = cache.obtain('key', open, never);
    impatient.abort();
    await assert.rejects(first, { code: 'cloud-unreachable', message: 'cancelled while waiting for a session' });
    finish(sessionUntil(hour));

    assert.equal((await second).expiresAt, hour);
    assert.equal(aborted, false);
  });

  it('are given up when all who wait give up; who comes later starts anew', async () => {
    const cache = createSessionCache(() => 0);
    const signals: AbortSignal[] = [];
    const open: SessionProvider = async (signal) => {
      signals.push(signal);
      return await new Promise(() => undefined);
    };
    const controller = new AbortController();
    const only = cache.obtain('key', open, controller.signal);
    controller.abort();
    await assert.rejects(only);
    void cache.obtain('key', open, never);

    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, false],
    );
  });
});
