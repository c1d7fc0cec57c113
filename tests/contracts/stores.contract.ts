import assert from 'node:assert/strict';

import type { Configuration } from '../../common/domain/configuration/configuration.ts';
import type { ConfigurationStore, CredentialStore, ObservationStore } from '../../common/ports/stores.ts';
import { defineObservationsContract } from './observations.contract.ts';
import { exampleConfiguration, exampleOutcome } from './stored-examples.ts';

export type Stores = {
  readonly configurations: ConfigurationStore;
  readonly observations: ObservationStore;
  readonly credentials: CredentialStore;
};

export type StoresFactory = {
  /** Before all tests. */
  readonly start: () => Promise<void>;
  /** Empty stores, as two processes see them (the same objects where there is only one process). */
  readonly open: () => Promise<readonly [Stores, Stores]>;
  /** After all tests. */
  readonly stop: () => Promise<void>;
};

/** What every implementation of the stores promises. */
export function defineStoresContract(name: string, factory: StoresFactory): void {
  describe(`stores: ${name}`, function () {
    this.timeout(60_000);
    let here: Stores;
    let there: Stores;
    before(factory.start);
    after(factory.stop);
    beforeEach(async () => {
      [here, there] = await factory.open();
    });

    describe('configuration', () => {
      it('is absent until it is written', async () => {
        assert.equal(await here.configurations.read(), undefined);
      });

      it('is read elsewhere as it was written, secrets included', async () => {
        const inForce = exampleConfiguration('v1');
        await here.configurations.write(inForce);
        const read = await there.configurations.read();
        assert.deepEqual(read, inForce);
        assert.deepEqual(read?.configuration.registries.map(keyOf), inForce.configuration.registries.map(keyOf));
      });

      it('is replaced by the next one', async () => {
        await here.configurations.write(exampleConfiguration('v1'));
        await there.configurations.read();
        await here.configurations.write(exampleConfiguration('v2'));
        assert.equal((await there.configurations.read())?.version, 'v2');
      });

      it('is the same object as long as it is the same configuration', async () => {
        await here.configurations.write(exampleConfiguration('v1'));
        assert.equal(await there.configurations.read(), await there.configurations.read());
      });
    });

    describe('credentials', () => {
      it('are absent until they are written', async () => {
        assert.deepEqual(await here.credentials.read(['a', 'b']), new Map());
        assert.deepEqual(await here.credentials.read([]), new Map());
      });

      it('are read elsewhere as they were written, password included', async () => {
        await here.credentials.write(exampleOutcome('a'));
        const read = await there.credentials.read(['a', 'b']);
        assert.deepEqual(read, new Map([['a', { ...exampleOutcome('a'), requestedAt: 0 }]]));
        assert.equal(read.get('a')?.credential?.password.reveal(), 'password-of-a');
      });

      it('know when they were last asked for, whether or not a fetch has ended', async () => {
        await here.credentials.markRequested(['a', 'b'], 5_000);
        await here.credentials.markRequested(['a'], 7_000);
        await here.credentials.markRequested([], 9_000);
        const read = await there.credentials.read(['a', 'b']);
        assert.deepEqual(read.get('a'), { sourceId: 'a', requestedAt: 7_000 });
        assert.deepEqual(read.get('b'), { sourceId: 'b', requestedAt: 5_000 });
      });

      it('keep the request when the outcome is written, and the outcome when they are asked for again', async () => {
        await here.credentials.markRequested(['a'], 5_000);
        await there.credentials.write(exampleOutcome('a'));
        assert.equal((await here.credentials.read(['a'])).get('a')?.requestedAt, 5_000);
        await here.credentials.markRequested(['a'], 8_000);
        const record = (await there.credentials.read(['a'])).get('a');
        assert.deepEqual(record, { ...exampleOutcome('a'), requestedAt: 8_000 });
      });

      it('are replaced as a whole by the next outcome', async () => {
        await here.credentials.write(exampleOutcome('a'));
        await here.credentials.write({ sourceId: 'a' });
        assert.deepEqual((await there.credentials.read(['a'])).get('a'), { sourceId: 'a', requestedAt: 0 });
      });

      it('are read anew after each change elsewhere, by whoever read them before', async () => {
        const seen: unknown[] = [];
        const look = async (): Promise<void> => {
          const { requestedAt, staleAt, credential } = (await there.credentials.read(['a', 'b'])).get('a') ?? {};
          seen.push([requestedAt, staleAt, credential?.sourceId]);
        };
        await look();
        await here.credentials.markRequested(['a'], 5_000);
        await look();
        await here.credentials.write(exampleOutcome('a'));
        await look();
        await here.credentials.markStale(['a'], 6_000);
        await look();
        await here.credentials.retain(new Set());
        await look();
        assert.deepEqual(seen, [
          [undefined, undefined, undefined],
          [5_000, undefined, undefined],
          [5_000, undefined, 'a'],
          [5_000, 6_000, 'a'],
          [undefined, undefined, undefined],
        ]);
      });

      it('know when what they have became outdated, and forget that with the source', async () => {
        await here.credentials.write(exampleOutcome('a'));
        await here.credentials.markStale(['a'], 6_000);
        assert.equal((await there.credentials.read(['a'])).get('a')?.staleAt, 6_000);
        await here.credentials.retain(new Set());
        await here.credentials.write(exampleOutcome('a'));
        assert.equal((await there.credentials.read(['a'])).get('a')?.staleAt, undefined);
      });

      it('are restored once that was said', async () => {
        assert.equal(await here.credentials.isRestored(), false);
        await here.credentials.markRestored();
        assert.equal(await there.credentials.isRestored(), true);
      });

      it('are forgotten when no configuration names their source any more', async () => {
        for (const id of ['a', 'b', 'c']) await here.credentials.write(exampleOutcome(id));
        await here.credentials.markRequested(['a', 'd'], 5_000);
        await here.credentials.retain(new Set(['b', 'x']));
        assert.deepEqual([...(await there.credentials.read(['a', 'b', 'c', 'd', 'x'])).keys()], ['b']);
      });
    });

    defineObservationsContract(async () => {
      const [here, there] = await factory.open();
      return [here.observations, there.observations];
    });
  });
}

/** `deepEqual` does not look into a SecretText. */
function keyOf({ identity }: Configuration['registries'][number]): string | undefined {
  const base = identity.kind === 'assumed-role' ? identity.base : identity;
  return base.kind === 'access-key' ? base.accessKeySecret.reveal() : undefined;
}
