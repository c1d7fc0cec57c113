import type { ConfigurationInForce } from '../../domain/configuration/configuration.ts';
import type { ConfigurationStore } from '../../ports/stores.ts';

/** The configuration in force, kept for as long as the process lives. */
export function createMemoryConfigurationStore(): ConfigurationStore {
  let current: ConfigurationInForce | undefined;
  return {
    read: () => Promise.resolve(current),
    write(inForce) {
      current = inForce;
      return Promise.resolve();
    },
  };
}
