import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import type { ObservedChange } from '../../common/domain/namespaces/observation.ts';
import type { ObservationStore } from '../../common/ports/stores.ts';
import { anyObservationHistory, namespaceNames, newestStates } from './observation-history.ts';
import { anyLife, RestorableCluster, SteppedWatcher } from './restored-cluster.ts';
import { accountGone, accountSeen, namespaceGone, namespaceSeen, secretSeen } from './observed-objects.ts';

/** What every observation store promises. `open` gives an empty one as two processes see it. */
export function defineObservationsContract(open: () => Promise<readonly [ObservationStore, ObservationStore]>): void {
  describe('observations', () => {
    let here: ObservationStore;
    let there: ObservationStore;
    beforeEach(async () => {
      [here, there] = await open();
    });

    it('say of an unknown namespace that nothing is known', async () => {
      assert.deepEqual(await here.read('shop'), { name: 'shop', accounts: [], secrets: [] });
      assert.deepEqual(await here.namespaces(), []);
    });

    it('are read elsewhere as they were seen, in the order of their names', async () => {
      const labels = { team: 'a', 'acr-credential-helper/x': '"é' };
      const changes = [
        accountSeen('shop', 'web', { resourceVersion: '12', labels, pullSecrets: ['z', 'a'], ignored: true }),
        accountSeen('shop', 'default', { resourceVersion: '11' }),
        secretSeen('shop', 'ours', { resourceVersion: '13', managedBy: 'me', version: 'v', sources: '[1,"2"]' }),
        secretSeen('shop', 'bare', { resourceVersion: '9', ownsData: false }),
        namespaceSeen('shop', { resourceVersion: '10', labels, terminating: true, ignored: true }),
      ] as const;
      await here.observe(changes);
      const [web, standard, ours, bare, namespace] = changes.map((change) => change.state);
      const read = await there.read('shop');
      assert.deepEqual(read, { name: 'shop', namespace, accounts: [standard, web], secrets: [bare, ours] });
      assert.deepEqual(await there.namespaces(), ['shop']);
    });

    it('answer with each namespace in which something new was seen, once', async () => {
      const answer = await here.observe([
        accountSeen('shop', 'default', { resourceVersion: '11' }),
        accountSeen('bank', 'default', { resourceVersion: '12' }),
        accountSeen('shop', 'web', { resourceVersion: '13' }),
      ]);
      assert.deepEqual(answer.toSorted(), ['bank', 'shop']);
    });

    it('answer nothing when the same is told again, by whomever', async () => {
      const changes = [namespaceSeen('shop', { resourceVersion: '10' }), namespaceGone('bank', '11')];
      await here.observe(changes);
      assert.deepEqual(await there.observe(changes), []);
      assert.deepEqual(await here.observe([]), []);
    });

    it('answer nothing to a write of ours, whether the writer or the watch tells of it first', async () => {
      await here.observe([accountSeen('shop', 'default', { resourceVersion: '11' })]);
      const written = accountSeen('shop', 'default', { resourceVersion: '12', pullSecrets: ['ours'] });
      assert.deepEqual(await there.observe([written]), []);
      assert.deepEqual(await here.observe([written]), []);
      assert.deepEqual((await here.read('shop')).accounts[0]?.pullSecrets, ['ours']);
    });

    it('keep a newer version silently when nothing changed that a plan depends on', async () => {
      await here.observe([accountSeen('shop', 'default', { resourceVersion: '99' })]);
      const heartbeat = accountSeen('shop', 'default', { resourceVersion: '100' });
      assert.deepEqual(await here.observe([heartbeat]), []);
      assert.equal((await here.read('shop')).accounts[0]?.resourceVersion, '100');
    });

    it('are never replaced by an older version', async () => {
      await here.observe([accountSeen('shop', 'default', { resourceVersion: '100', pullSecrets: ['a'] })]);
      const late = accountSeen('shop', 'default', { resourceVersion: '99' });
      assert.deepEqual(await there.observe([late]), []);
      assert.deepEqual((await here.read('shop')).accounts[0]?.pullSecrets, ['a']);
    });

    it('outlive a deletion that is older', async () => {
      await here.observe([accountSeen('shop', 'default', { resourceVersion: '100' })]);
      assert.deepEqual(await there.observe([accountGone('shop', 'default', '99')]), []);
      assert.equal((await here.read('shop')).accounts.length, 1);
    });

    it('end with the deletion, and the namespace with its last object', async () => {
      await here.observe([accountSeen('shop', 'default', { resourceVersion: '100' })]);
      assert.deepEqual(await there.observe([accountGone('shop', 'default', '101')]), ['shop']);
      assert.deepEqual(await here.read('shop'), { name: 'shop', accounts: [], secrets: [] });
      assert.deepEqual(await here.namespaces(), []);
    });

    it('do not come back by late news of what was deleted, but by a new object of the same name', async () => {
      await here.observe([accountGone('shop', 'default', '101')]);
      const late = accountSeen('shop', 'default', { resourceVersion: '100' });
      assert.deepEqual(await there.observe([late]), []);
      const anew = accountSeen('shop', 'default', { resourceVersion: '102', uid: 'another' });
      assert.deepEqual(await there.observe([anew]), ['shop']);
      assert.equal((await here.read('shop')).accounts[0]?.uid, 'another');
    });

    it('do not come back by news that is older than the last of several deletions', async () => {
      await here.observe([accountGone('shop', 'default', '101')]);
      await there.observe([accountGone('shop', 'default', '99')]);
      const late = accountSeen('shop', 'default', { resourceVersion: '100' });
      assert.deepEqual(await here.observe([late]), []);
    });

    it('take thousands of changes in one call', async () => {
      const changes = Array.from({ length: 2_500 }, (_, index) =>
        accountSeen(`ns-${String(index)}`, 'default', { resourceVersion: String(1 + index) }),
      );
      assert.equal((await here.observe(changes)).length, 2_500);
      assert.equal((await there.namespaces()).length, 2_500);
      const keys = new Set(['ns-3/default']);
      assert.equal((await there.prune('account', keys, '9999')).length, 2_499);
      assert.deepEqual(await here.namespaces(), ['ns-3']);
    });

    it('lose with the end of a list what was not listed and is not newer, and nothing of another kind', async () => {
      await here.observe([
        namespaceSeen('shop', { resourceVersion: '10' }),
        accountSeen('shop', 'listed', { resourceVersion: '11' }),
        accountSeen('shop', 'gone', { resourceVersion: '12' }),
        accountSeen('shop', 'newer', { resourceVersion: '101' }),
        secretSeen('shop', 'ours', { resourceVersion: '13' }),
        accountSeen('bank', 'listed', { resourceVersion: '14' }),
      ]);
      const keys = new Set(['shop/listed', 'bank/listed']);
      assert.deepEqual(await there.prune('account', keys, '100'), ['shop']);
      const { namespace, accounts, secrets } = await here.read('shop');
      assert.deepEqual(
        accounts.map((account) => account.name),
        ['listed', 'newer'],
      );
      assert.equal(namespace !== undefined && secrets.length === 1, true);
      assert.deepEqual(await here.prune('account', keys, '100'), []);
    });

    it('lose with the end of a list of namespaces those that were not listed, but not their accounts', async () => {
      await here.observe([
        namespaceSeen('shop', { resourceVersion: '10' }),
        namespaceSeen('bank', { resourceVersion: '11' }),
        accountSeen('bank', 'default', { resourceVersion: '12' }),
      ]);
      assert.deepEqual(await there.prune('namespace', new Set(['shop']), '50'), ['bank']);
      const bank = await here.read('bank');
      assert.deepEqual([bank.namespace, bank.accounts.length], [undefined, 1]);
    });

    it('keep Secrets of another name than the one that was listed', async () => {
      await here.observe([
        secretSeen('shop', 'ours', { resourceVersion: '10' }),
        secretSeen('shop', 'other', { resourceVersion: '11' }),
      ]);
      assert.deepEqual(await there.prune('secret', new Set(), '50', 'ours'), ['shop']);
      assert.deepEqual(
        (await here.read('shop')).secrets.map((secret) => secret.name),
        ['other'],
      );
    });

    it('do not come back after the end of a list by a page of an older list', async () => {
      await here.observe([accountSeen('shop', 'default', { resourceVersion: '10' })]);
      await here.prune('account', new Set(), '50');
      const older = accountSeen('shop', 'default', { resourceVersion: '10' });
      assert.deepEqual(await there.observe([older]), []);
    });

    it('believe a list that shows an older version than they know, unless they know one that is newer than the list', async () => {
      await here.observe([
        accountSeen('shop', 'restored', { resourceVersion: '480', pullSecrets: ['ours'] }),
        accountSeen('shop', 'newer', { resourceVersion: '1001', pullSecrets: ['ours'] }),
        accountGone('shop', 'back', '490'),
        accountGone('shop', 'gone', '1002'),
      ]);
      const page = ['restored', 'newer', 'back', 'gone'].map((name) =>
        accountSeen('shop', name, { resourceVersion: '300' }),
      );
      assert.deepEqual(await there.observe(page, { listVersion: '1000' }), ['shop']);
      assert.deepEqual(
        (await here.read('shop')).accounts.map(({ name, resourceVersion }) => `${name}@${resourceVersion}`),
        ['back@300', 'newer@1001', 'restored@300'],
      );
    });

    it('say the newest version of each kind that anybody saw, deletions and ends of lists included', async () => {
      assert.equal(await here.newestSeen('account'), undefined);
      await here.observe([
        accountSeen('shop', 'web', { resourceVersion: '99' }),
        namespaceSeen('shop', { resourceVersion: '7' }),
      ]);
      await there.observe([accountGone('shop', 'other', '100')]);
      await here.observe([accountSeen('shop', 'web', { resourceVersion: '98' })]);
      assert.deepEqual([await there.newestSeen('account'), await there.newestSeen('namespace')], ['100', '7']);
      await there.prune('account', new Set(), '120');
      assert.deepEqual([await here.newestSeen('account'), await here.newestSeen('secret')], ['120', undefined]);
    });

    it('forget everything when a new era begins, also what was deleted and what was listed', async () => {
      await here.observe([namespaceSeen('shop', { resourceVersion: '480' }), accountGone('bank', 'web', '490')]);
      await here.markListed('everything', 1);
      assert.equal(await there.beginEra(await there.era()), true);
      assert.deepEqual(await here.read('shop'), { name: 'shop', accounts: [], secrets: [] });
      assert.deepEqual([await here.namespaces(), await here.listed('everything')], [[], undefined]);
      assert.equal(await here.newestSeen('namespace'), undefined);
      assert.deepEqual(await here.observe([accountSeen('bank', 'web', { resourceVersion: '300' })]), ['bank']);
    });

    it('begin one new era, however many notice that the old one is over', async () => {
      const [era, same] = [await here.era(), await there.era()];
      assert.equal(era, same);
      const began = await Promise.all([here.beginEra(era), there.beginEra(era), here.beginEra(era)]);
      assert.equal(began.filter(Boolean).length, 1);
      assert.notEqual(await here.era(), era);
      assert.equal(await here.era(), await there.era());
    });

    it('pass over what is told of an era that is over', async () => {
      const era = await here.era();
      await here.beginEra(era);
      await here.observe([namespaceSeen('shop', { resourceVersion: '300' })]);
      assert.deepEqual(
        await there.observe([namespaceSeen('shop', { resourceVersion: '480', labels: { a: 'b' } })], { era }),
        [],
      );
      assert.deepEqual(await there.prune('namespace', new Set(), '500', undefined, era), []);
      await there.markListed('everything', 1, era);
      assert.equal((await here.read('shop')).namespace?.resourceVersion, '300');
      assert.deepEqual([await here.newestSeen('namespace'), await here.listed('everything')], ['300', undefined]);
    });

    it('are complete once somebody says so', async () => {
      assert.equal(await here.listed('everything'), undefined);
      await here.markListed('everything', 0);
      assert.equal(await there.listed('everything'), 0);
    });

    it('end at the newest of each object however two observers deliver them, and name every namespace', async () => {
      await fc.assert(
        fc.asyncProperty(anyObservationHistory(), async ({ changes, deliveries }) => {
          const observers = await open();
          const named = new Set<string>();
          for (const { observer, changes: some } of deliveries) {
            for (const name of await observers[observer].observe(some)) named.add(name);
          }
          const expected = newestStates(changes);
          for (const observations of observers) {
            const states = await Promise.all(namespaceNames.map((name) => observations.read(name)));
            assert.deepEqual(states, expected);
          }
          const existing = expected.filter((state) => state.namespace ?? state.accounts[0] ?? state.secrets[0]);
          assert.deepEqual((await observers[0].namespaces()).toSorted(), existing.map(nameOf).toSorted());
          // A Secret of ours alone is the echo of a write, and nobody need be told.
          const told = existing.filter((state) => state.namespace ?? state.accounts[0]);
          for (const { name } of told) assert.ok(named.has(name), `nobody was told of ${name}`);
        }),
        { numRuns: 150 },
      );
    });

    it('end at what is in the cluster, however often it was restored from a backup and whoever notices it', async () => {
      await fc.assert(
        fc.asyncProperty(anyLife, async (life) => {
          const stores = await open();
          const cluster = new RestorableCluster();
          const watchers = stores.map((store) => new SteppedWatcher(store, cluster));
          let answer: Answer | undefined;
          for (const step of life) {
            if (step.kind === 'watcher') await watchers[step.watcher]?.step();
            else if (step.kind === 'write') cluster.write(step.name, step.deleted ? undefined : step.variant);
            else if (step.kind === 'backup') cluster.backUp();
            else if (step.kind === 'restore') cluster.restore(step.by);
            else if (step.kind === 'answer') {
              const era = await stores[0].era();
              // What is written was planned on what the store knows.
              const isKnown = (await stores[0].read('shop')).accounts.some(({ name }) => name === step.name);
              if (isKnown && cluster.content.has(step.name))
                answer = { era, life: cluster.restores, change: cluster.write(step.name, step.variant) };
            } else await tellLate(answer, stores[0], cluster);
          }
          await settle(watchers);
          await tellLate(answer, stores[0], cluster);
          assert.deepEqual(await stores[1].read('shop'), cluster.observation());
        }),
        { numRuns: 300 },
      );
    });
  });
}

type Answer = { readonly change: ObservedChange; readonly era: string; readonly life: number };

/**
 * Tells of a write that was answered long ago: at any time in the same life of the cluster, and after a restore once that was noticed by
 * its numbers. Before, an answer would have to be held up for longer than the API server was away.
 */
async function tellLate(
  answer: Answer | undefined,
  store: ObservationStore,
  cluster: RestorableCluster,
): Promise<void> {
  if (answer === undefined) return;
  const { change, era, life } = answer;
  if (life === cluster.restores || era !== (await store.era())) await store.observe([change], { era });
}

/** Until both watchers follow the cluster. */
async function settle(watchers: readonly SteppedWatcher[]): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const isUpToDate = await Promise.all(watchers.map((watcher) => watcher.isUpToDate()));
    if (isUpToDate.every(Boolean)) return;
    for (const watcher of watchers) await watcher.step();
  }
  assert.fail('the watchers begin anew for ever');
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
