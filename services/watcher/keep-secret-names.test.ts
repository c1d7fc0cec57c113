import assert from 'node:assert/strict';
import type { Happening } from '../../common/domain/happening.ts';
import { SecretNameKeeper } from './keep-secret-names.ts';

describe('SecretNameKeeper', () => {
  let kept: readonly string[];
  let writes: (readonly string[])[];
  let reads: number;
  let broken: boolean;
  let reported: Happening[];
  let keeper: SecretNameKeeper;

  beforeEach(() => {
    kept = [];
    writes = [];
    reads = 0;
    broken = false;
    reported = [];
    keeper = anotherProcess();
  });

  function anotherProcess(): SecretNameKeeper {
    const store = {
      read: async () => {
        reads++;
        if (broken) throw new Error('no answer');
        return kept;
      },
      write: async (names: readonly string[]) => {
        if (broken) throw new Error('no answer');
        writes.push(names);
        kept = names;
      },
    };
    const ended = AbortSignal.abort();
    return new SecretNameKeeper(store, (happening) => reported.push(happening), ended);
  }

  it('tells a later process what was kept', async () => {
    keeper.keep(['b', 'a']);
    await keeper.flush();
    assert.deepEqual(await anotherProcess().read(), ['a', 'b']);
  });

  it('keeps what earlier processes kept, too', async () => {
    kept = ['old'];
    keeper.keep(['new']);
    await keeper.flush();
    assert.deepEqual(writes, [['new', 'old']]);
  });

  it('writes again what a backup did not have, and reads what it brought back', async () => {
    kept = ['left', 'dropped'];
    keeper.keep(['wanted']);
    keeper.drop(['dropped']);
    await keeper.flush();
    kept = ['dropped'];
    keeper.reread();
    assert.deepEqual((await keeper.read()).toSorted(), ['dropped', 'wanted']);
    await keeper.flush();
    assert.deepEqual(kept, ['dropped', 'wanted']);
  });

  it('writes nothing when nothing is new', async () => {
    kept = ['a'];
    keeper.keep(['a']);
    await keeper.flush();
    assert.deepEqual(writes, []);
  });

  it('does not even read when there is nothing to keep', async () => {
    keeper.keep([]);
    await keeper.flush();
    assert.equal(reads, 0);
  });

  it('forgets what is dropped', async () => {
    kept = ['a', 'b'];
    keeper.drop(['a']);
    assert.deepEqual(await keeper.read(), ['b']);
    await keeper.flush();
    assert.deepEqual(writes, [['b']]);
  });

  it('remembers a name that is dropped and needed again', async () => {
    keeper.keep(['a']);
    keeper.drop(['a']);
    keeper.keep(['a']);
    await keeper.flush();
    assert.deepEqual(writes, [['a']]);
  });

  it('goes on with what it knows itself, and says so, while nothing can be read', async () => {
    broken = true;
    keeper.keep(['a']);
    assert.deepEqual(await keeper.read(), ['a']);
    assert.deepEqual(
      reported.map(({ kind }) => kind),
      ['message-failed'],
    );
  });
});
