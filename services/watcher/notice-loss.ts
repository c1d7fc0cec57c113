import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import type { ConfigurationStore, Milestone, ObservationStore } from '../../common/ports/stores.ts';

export type WatchedStores = {
  readonly observations: ObservationStore;
  readonly configurations: ConfigurationStore;
};

/** The stores, and whether they still hold what was put into them through these. */
export type LossNoticingStores = Pick<WatchedStores, 'configurations'> & {
  /** Begins anew: nothing counts as put in any more. Puts the configuration back where it was lost. */
  startRound(): Promise<Round>;
  hasLost(): Promise<boolean>;
  /** Calls the listener after each configuration that is put in force; answers with what ends that. */
  onConfiguration(listener: () => void): () => void;
};

/** One time of watching, from its lists until something is lost. */
export type Round = {
  /** The era in which it began; what it sees counts only in that one. */
  readonly era: string;
  readonly observations: ObservationStore;
};

/**
 * Redis may be emptied at any moment, also while the first lists run. Whoever filled it knows what must be there from what it
 * wrote itself, and not from what it happened to see there. The last good configuration is put back from memory, because the
 * ConfigMap may hold a broken edit by now. Where the cluster was restored from a backup, whoever notices it empties the observations
 * on purpose: to the others that is a loss as well.
 */
export function noticeLoss({ observations, configurations }: WatchedStores): LossNoticingStores {
  const listed = new Set<Milestone>();
  let lastGood: ConfigurationInForce | undefined;
  const listeners = new Set<() => void>();

  /** What goes on in a round that is over, such as a write that is still tried, keeps the era of that round. */
  function inEra(era: string): ObservationStore {
    return {
      ...observations,
      observe: (changes, seen) => observations.observe(changes, { ...seen, era }),
      prune: (kind, keys, listVersion, secretName) => observations.prune(kind, keys, listVersion, secretName, era),
      async markListed(what, objects) {
        await observations.markListed(what, objects, era);
        listed.add(what);
      },
    };
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
    configurations: { read: () => configurations.read(), write },
    async startRound() {
      listed.clear();
      const era = await observations.era();
      const round = { era, observations: inEra(era) };
      await round.observations.markListed('begun', 0);
      if ((await isConfigurationLost()) && lastGood !== undefined) await write(lastGood);
      return round;
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
