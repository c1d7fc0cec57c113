import assert from 'node:assert/strict';
import type { LastGood, LastGoodStore } from '../../common/ports/own-secrets.ts';
import { LastGoodKeeper } from './keep-last-good.ts';

describe('LastGoodKeeper', () => {
  let written: string[];
  let stored: LastGood | undefined;

  const store: LastGoodStore = {
    read: async () => stored,
    write: async (lastGood) => {
      written.push(lastGood.version);
      stored = lastGood;
    },
  };

  beforeEach(() => {
    written = [];
    stored = undefined;
  });

  function keeper(on: LastGoodStore = store): LastGoodKeeper {
    return new LastGoodKeeper(on, () => undefined, new AbortController().signal);
  }

  it('writes only the latest of what came close upon each other', async () => {
    const kept = keeper();
    for (const version of ['a', 'b', 'c']) kept.keep({ version, data: {} });
    await kept.flush();
    assert.deepEqual(written, ['c']);
  });

  it('writes nothing when the same is kept already', async () => {
    stored = { version: 'a', data: {} };
    const kept = keeper();
    kept.keep({ version: 'a', data: {} });
    await kept.flush();
    assert.deepEqual(written, []);
  });

  it('writes it again when another process has kept another one meanwhile', async () => {
    const kept = keeper();
    kept.keep({ version: 'a', data: {} });
    await kept.flush();
    stored = { version: 'b', data: {} };
    kept.keep({ version: 'a', data: {} });
    await kept.flush();
    assert.deepEqual(written, ['a', 'a']);
  });

  it('keeps what could not be written for another time', async () => {
    let isDown = true;
    const kept = keeper({
      ...store,
      write: (lastGood) => (isDown ? Promise.reject(new Error()) : store.write(lastGood)),
    });
    kept.keep({ version: 'a', data: {} });
    await kept.flush();
    isDown = false;
    await kept.flush();
    assert.deepEqual(written, ['a']);
  });
});
