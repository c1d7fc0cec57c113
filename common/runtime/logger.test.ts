import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createLogger, type Logger } from './logger.ts';

describe('the log for people', () => {
  let written: string;
  let logger: Logger;

  beforeEach(() => {
    written = '';
    const destination = new Writable({
      write: (chunk, _encoding, done) => {
        written += String(chunk);
        done();
      },
    });
    logger = createLogger({ level: 'info', format: 'text', destination: destination as NodeJS.WriteStream });
  });

  /** Without the times. It is written a little later. */
  async function lines(count: number): Promise<readonly string[]> {
    while (written.split('\n').length <= count) await nextTurn();
    return written
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\[[\d:.]+\] /, ''));
  }

  it('has one line for each decision, with its fields behind it', async () => {
    logger.info({ source: 'cri-a', domains: 3, ops: 'http://127.0.0.1:9090' }, 'credential fetched');
    logger.info({ roles: ['watcher', 'writer'] }, 'started');
    logger.warn('nothing more');
    assert.deepEqual(await lines(3), [
      'INFO: credential fetched  source=cri-a domains=3 ops=http://127.0.0.1:9090',
      'INFO: started  roles=watcher,writer',
      'WARN: nothing more',
    ]);
  });

  it('quotes what has spaces, quotes or line breaks, so that it stays one line and cannot look like another', async () => {
    logger.error({ problem: 'line 1: "x"\n[14:00] INFO: started', hint: 'write a=b', none: null }, 'refused');
    assert.deepEqual(await lines(1), [
      String.raw`ERROR: refused  problem="line 1: \"x\"\n[14:00] INFO: started" hint="write a=b" none=null`,
    ]);
  });
});
