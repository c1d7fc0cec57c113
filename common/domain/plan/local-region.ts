import type { Configuration } from '../configuration/configuration.ts';
import { knownRegions } from '../configuration/values/regions.ts';
import { resolveRegistries } from '../credentials/resolve-registries.ts';
import type { HeldSources } from './assumed-credentials.ts';

/**
 * The cluster’s own region as our Secrets tell it: the one with which entries without a region give the sources that the Secrets name.
 * Absent: no entry needs it, or no Secret of ours tells.
 */
export function regionOfSecrets(configuration: Configuration, held: HeldSources): string | undefined {
  const registries = configuration.registries.filter(({ regionId }) => regionId === undefined);
  if (registries.length === 0) return undefined;
  const local: Configuration = { ...configuration, registries, mirrors: [] };
  return knownRegions.find((localRegion) =>
    held.knows(resolveRegistries({ configuration: local, localRegion }).sources.keys()),
  );
}
