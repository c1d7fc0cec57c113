import assert from 'node:assert/strict';

import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import type { Happening } from '../../common/domain/happening.ts';
import type { ObservationStore } from '../../common/ports/stores.ts';
import { account } from '../../tests/fixtures/values.ts';
import { noticeRestore, type RestoreNotice } from './notice-restore.ts';

describe('noticeRestore', () => {
  let observations: ObservationStore;
  let reported: Happening[];
  let era: string;

  beforeEach(async () => {
    observations = createMemoryObservationStore();
    reported = [];
    era = await observations.era();
  });

  function notice(): RestoreNotice {
    const report = (happening: Happening): void => void reported.push(happening);
    return noticeRestore('account', { observations, era, report, signal: new AbortController().signal });
  }

  async function see(resourceVersion: string): Promise<void> {
    const state = account({ name: 'web', resourceVersion });
    await observations.observe([{ kind: 'account', namespace: 'shop', name: 'web', resourceVersion, state }]);
  }

  it('takes a list that is older than what was seen before it for the proof, and begins a new era', async () => {
    await see('500');
    const restore = notice();
    await restore.beforeList();
    assert.equal(await restore.isProvenBy('310'), true);
    assert.notEqual(await observations.era(), era);
    assert.deepEqual(reported, [{ kind: 'cluster-restored', object: 'account', seen: '500', listed: '310' }]);
  });

  it('takes nothing for a proof that was seen after the list began, by whomever', async () => {
    await see('300');
    const restore = notice();
    await restore.beforeList();
    await see('500');
    assert.equal(await restore.isProvenBy('310'), false);
    assert.equal(await observations.era(), era);
  });

  it('takes no list for a proof in a cluster of which nothing was seen yet', async () => {
    const restore = notice();
    await restore.beforeList();
    assert.equal(await restore.isProvenBy('1'), false);
  });

  it('leaves the new era alone that another watcher has begun because of the same restore', async () => {
    await see('500');
    const [restore, other] = [notice(), notice()];
    await Promise.all([restore.beforeList(), other.beforeList()]);
    await other.isProvenBy('305');
    const begun = await observations.era();
    assert.equal(await restore.isProvenBy('310'), true);
    assert.equal(await observations.era(), begun);
    assert.equal(reported.length, 1);
  });
});
