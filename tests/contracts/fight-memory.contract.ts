import assert from 'node:assert/strict';

import { noteCorrections, type NamespaceFights } from '../../common/domain/namespaces/fights.ts';
import { claimRepair } from '../../common/domain/pods/repair-history.ts';
import type { FightMemory, RepairMemory, SweepTurns } from '../../common/ports/memories.ts';

export type WriterMemory = {
  readonly fights: FightMemory;
  readonly sweepTurns: SweepTurns;
  readonly repairs: RepairMemory;
};

export type WriterMemoryFactory = {
  /** Before all tests. */
  readonly start: () => Promise<void>;
  /** Empty, as two writer processes see it (the same object where there is only one process). */
  readonly open: () => Promise<readonly [WriterMemory, WriterMemory]>;
  /** After all tests. */
  readonly stop: () => Promise<void>;
};

const none: NamespaceFights = new Map();

/** What every implementation of what writers share promises. */
export function defineWriterMemoryContract(name: string, factory: WriterMemoryFactory): void {
  describe(`memory of the writers: ${name}`, function () {
    this.timeout(60_000);
    let here: WriterMemory;
    let there: WriterMemory;
    before(factory.start);
    after(factory.stop);
    beforeEach(async () => {
      [here, there] = await factory.open();
    });

    const note = (memory: WriterMemory, namespace: string, at: number): Promise<number> =>
      memory.fights.change(namespace, (before) => {
        const { fights } = noteCorrections(before, ['Secret ours', 'ServiceAccount web'], at);
        return { fights, answer: fights.size };
      });

    it('knows nothing at first', async () => {
      assert.equal((await here.fights.read('shop')).size, 0);
      assert.deepEqual(await here.fights.namespaces(), []);
    });

    it('keeps what one writer notes, for the other too, and answers with what the plan answered', async () => {
      assert.equal(await note(here, 'shop', 1000), 2);
      assert.equal(await note(there, 'shop', 2000), 2);
      const expected = { corrections: [1000, 2000], recognised: false };
      assert.deepEqual(
        [...(await here.fights.read('shop'))],
        [
          ['Secret ours', expected],
          ['ServiceAccount web', expected],
        ],
      );
    });

    it('keeps one namespace apart from another', async () => {
      await note(here, 'shop', 1000);
      await note(there, 'team', 2000);
      assert.deepEqual([...(await here.fights.namespaces())].toSorted(), ['shop', 'team']);
      assert.deepEqual((await there.fights.read('team')).get('Secret ours')?.corrections, [2000]);
    });

    it('loses no correction that is noted while another writer notes one', async () => {
      await Promise.all([note(here, 'shop', 1000), note(there, 'shop', 1000), note(here, 'shop', 1000)]);
      assert.equal((await here.fights.read('shop')).get('Secret ours')?.corrections.length, 3);
    });

    it('forgets a namespace in which nothing is left', async () => {
      await note(here, 'shop', 1000);
      await there.fights.change('shop', () => ({ fights: none, answer: undefined }));
      assert.deepEqual(await here.fights.namespaces(), []);
    });

    const claim = (memory: WriterMemory, uid: string, controller: string, at = 100_000): Promise<string> =>
      memory.repairs.change((history) =>
        claimRepair(
          history,
          { uid, createdAt: 1000, controller: { kind: 'ReplicaSet', name: 'web', uid: controller } },
          at,
        ),
      );

    it('knows of no evictions at first', async () => {
      assert.deepEqual(await here.repairs.read(), []);
    });

    it('lets one of two writers evict a pod that both want to evict', async () => {
      const answers = await Promise.all([claim(here, 'pod', 'web'), claim(there, 'pod', 'web')]);
      assert.deepEqual(answers.toSorted(), ['granted', 'never']);
    });

    it('keeps the evictions of all writers within their limit, however many ask at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_item, index) =>
          claim(index % 2 === 0 ? here : there, `pod-${index}`, `web-${index}`),
        ),
      );
      assert.equal(answers.filter((answer) => answer === 'granted').length, 5);
      assert.deepEqual(await here.repairs.read(), await there.repairs.read());
      assert.equal((await here.repairs.read()).length, 5);
    });

    it('forgets evictions that the plan leaves out', async () => {
      await claim(here, 'pod', 'web');
      await there.repairs.change(() => ({ history: [], answer: undefined }));
      assert.deepEqual(await here.repairs.read(), []);
    });

    it('counts the turns of the sweep', async () => {
      assert.equal(await here.sweepTurns.next(0.001), 0);
    });
  });
}
