import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import { defineStoresContract } from './stores.contract.ts';

defineStoresContract('in memory', {
  start: () => Promise.resolve(),
  open() {
    const stores = {
      configurations: createMemoryConfigurationStore(),
      observations: createMemoryObservationStore(),
      credentials: createMemoryCredentialStore(),
    };
    return Promise.resolve([stores, stores]);
  },
  stop: () => Promise.resolve(),
});
