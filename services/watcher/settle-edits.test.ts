import assert from 'node:assert/strict';
import { manualTime, type ManualTime } from '../../tests/fixtures/manual-time.ts';
import { settleEdits } from './settle-edits.ts';

describe('settleEdits', () => {
  let time: ManualTime;
  let edits: string[];
  let wake: () => void;
  let hasEnded: boolean;
  let passedOn: string[];

  beforeEach(() => {
    time = manualTime();
    edits = [];
    wake = () => undefined;
    hasEnded = false;
    passedOn = [];
    void follow();
  });

  async function* source(): AsyncGenerator<string> {
    for (;;) {
      const edit = edits.shift();
      if (edit !== undefined) yield edit;
      else if (hasEnded) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }

  async function follow(): Promise<void> {
    for await (const edit of settleEdits(source(), time)) passedOn.push(edit);
  }

  async function edit(content: string, thenMilliseconds: number): Promise<void> {
    edits.push(content);
    wake();
    await time.advance(thenMilliseconds);
  }

  it('passes on an edit that comes alone without any wait', async () => {
    await edit('a', 0);
    assert.deepEqual(passedOn, ['a']);
  });

  it('passes on every edit that leaves the one before in peace', async () => {
    for (const content of ['a', 'b', 'c']) await edit(content, 500);
    assert.deepEqual(passedOn, ['a', 'b', 'c']);
  });

  it('passes on only the latest of edits that follow close upon each other, within half a second of quiet', async () => {
    for (const content of ['a', 'b', 'c']) await edit(content, 50);
    await time.advance(500);
    assert.deepEqual(passedOn, ['a', 'c']);
  });

  it('passes on a few of what flips for ten seconds, and what it ends with', async () => {
    for (let flip = 0; flip < 100; flip++) await edit(`flip ${flip}`, 100);
    await time.advance(500);
    assert.equal(passedOn.at(-1), 'flip 99');
    assert.ok(passedOn.length <= 4, `passed on: ${passedOn.join(', ')}`);
  });

  it('passes on what is left when the source ends', async () => {
    await edit('a', 0);
    await edit('b', 0);
    hasEnded = true;
    wake();
    await time.advance(0);
    assert.deepEqual(passedOn, ['a', 'b']);
  });

  it('lets its consumer go although the source has nothing more', async () => {
    edits.push('a');
    for await (const _first of settleEdits(source(), time)) break;
    assert.equal(time.pending(), 0);
  });
});
