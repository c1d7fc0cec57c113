import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import type { ConfigurationStore, ObservationStore } from '../../common/ports/stores.ts';
import { configuration } from '../../tests/fixtures/values.ts';
import { noticeLoss, type LossNoticingStores, type Round } from './notice-loss.ts';

const inForce = { configuration: configuration(), version: 'c1' };

describe('noticeLoss', () => {
  let behind: { observations: ObservationStore; configurations: ConfigurationStore };
  let stores: LossNoticingStores;
  let round: Round;

  beforeEach(async () => {
    empty();
    stores = noticeLoss({
      observations: {
        ...behind.observations,
        markListed: (what, objects) => behind.observations.markListed(what, objects),
        listed: (what) => behind.observations.listed(what),
      },
      configurations: {
        read: () => behind.configurations.read(),
        write: (next) => behind.configurations.write(next),
      },
    });
    round = await stores.startRound();
  });

  /** What FLUSHALL does. */
  function empty(): void {
    behind = { observations: createMemoryObservationStore(), configurations: createMemoryConfigurationStore() };
  }

  it('misses nothing that was never put in', async () => {
    assert.equal(await stores.hasLost(), false);
  });

  it('notices a loss from the beginning of a round on, before anything was listed', async () => {
    empty();
    assert.equal(await stores.hasLost(), true);
  });

  it('notices the loss of the first list already, before the others are complete', async () => {
    await round.observations.markListed('secrets', 1);
    assert.equal(await stores.hasLost(), false);
    empty();
    assert.equal(await stores.hasLost(), true);
  });

  it('notices the loss of the configuration', async () => {
    await stores.configurations.write(inForce);
    empty();
    assert.equal(await stores.hasLost(), true);
  });

  it('notices the loss of a configuration that another process put in', async () => {
    await behind.configurations.write(inForce);
    await stores.hasLost();
    empty();
    assert.equal(await stores.hasLost(), true);
  });

  it('puts the last good configuration back when it begins anew', async () => {
    await stores.configurations.write(inForce);
    empty();
    await stores.startRound();
    assert.deepEqual(await behind.configurations.read(), inForce);
  });

  it('expects nothing of an earlier round', async () => {
    await round.observations.markListed('everything', 0);
    empty();
    await stores.startRound();
    assert.equal(await stores.hasLost(), false);
  });

  it('tells of each configuration that is put in force, until nobody wants to hear', async () => {
    let told = 0;
    const end = stores.onConfiguration(() => told++);
    await stores.configurations.write(inForce);
    end();
    await stores.configurations.write(inForce);
    assert.equal(told, 1);
  });
});
