import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import type { ConfigurationStore, Milestone, ObservationStore } from '../../common/ports/stores.ts';

export type WatchedStores = {
  readonly observations: ObservationStore;
  readonly configurations: ConfigurationStore;
};

/** The stores, and whether they still hold what was put into them through these. */
export type LossNoticingStores = WatchedStores & {
  /** Begins anew: nothing counts as put in any more. Puts the configuration back where it was lost. */
  startRound(): Promise<void>;
  hasLost(): Promise<boolean>;
  /** Calls the listener after each configuration that is put in force; answers with what ends that. */
  onConfiguration(listener: () => void): () => void;
};

/**
 * Redis may be emptied at any moment, also while the first lists run. Whoever filled it knows what must be there from what it
 * wrote itself, and not from what it happened to see there. The last good configuration is put back from memory, because the
 * ConfigMap may hold a broken edit by now.
 */
export function noticeLoss({ observations, configurations }: WatchedStores): LossNoticingStores {
  const listed = new Set<Milestone>();
  let lastGood: ConfigurationInForce | undefined;
  const listeners = new Set<() => void>();

  async function markListed(what: Milestone, objects: number): Promise<void> {
    await observations.markListed(what, objects);
    listed.add(what);
  }

  async function isConfigurationLost(): Promise<boolean> {
    const current = await configurations.read();
    lastGood = current ?? lastGood;
    return current === undefined && lastGood !== undefined;
  }

  async function write(inForce: ConfigurationInForce): Promise<void> {
    await configurations.write(inForce);
    lastGood = inForce;
    for (const listener of listeners) listener();
  }

  return {
    observations: {
      ...observations,
      markListed,
    },
    configurations: { read: () => configurations.read(), write },
    async startRound() {
      listed.clear();
      await markListed('begun', 0);
      if ((await isConfigurationLost()) && lastGood !== undefined) await write(lastGood);
    },
    async hasLost() {
      for (const what of listed) if ((await observations.listed(what)) === undefined) return true;
      return isConfigurationLost();
    },
    onConfiguration(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
