import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';

import { stopWhenNobodyReads } from './closed-pipe.ts';

describe('a pipe that nobody reads any more', () => {
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

  it('stops the program once, whichever stream tells, however often', () => {
    const [out, error] = [new EventEmitter(), new EventEmitter()];
    let stops = 0;
    stopWhenNobodyReads([out, error], () => void stops++);
    out.emit('error', gone);
    out.emit('error', gone);
    error.emit('error', gone);
    assert.equal(stops, 1);
  });

  it('is not what another error means', () => {
    const out = new EventEmitter();
    stopWhenNobodyReads([out], () => assert.fail('stopped'));
    const full = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    assert.throws(() => out.emit('error', full), full);
  });
});
