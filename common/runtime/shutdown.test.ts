import assert from 'node:assert/strict';
import { Shutdown } from './shutdown.ts';

describe('Shutdown', () => {
  it('stops in reverse order of the start, after the signal was aborted', async () => {
    const order: string[] = [];
    const shutdown = new Shutdown();
    shutdown.signal.addEventListener('abort', () => order.push('signal'));
    shutdown.add('first', () => void order.push('first'));
    shutdown.add('second', () => void order.push('second'));
    await shutdown.stop();
    assert.deepEqual(order, ['signal', 'second', 'first']);
  });

  it('stops the rest when one step fails or hangs, and says which', async () => {
    let stopped = false;
    const shutdown = new Shutdown();
    shutdown.add('good', () => {
      stopped = true;
    });
    shutdown.add('bad', () => Promise.reject(new Error('no')));
    shutdown.add('stuck', () => new Promise(() => undefined));
    assert.deepEqual(await shutdown.stop(0.05), ['stuck: not stopped after 0.05 s', 'bad: no']);
    assert.equal(stopped, true);
  });

  it('runs each step once however often it is asked', async () => {
    let times = 0;
    const shutdown = new Shutdown();
    shutdown.add('once', () => void times++);
    await Promise.all([shutdown.stop(), shutdown.stop()]);
    assert.equal(times, 1);
  });
});
