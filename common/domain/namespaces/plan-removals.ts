import type { Configuration } from '../configuration/configuration.ts';
import { selectsAccount } from '../selection/selection.ts';
import type { DesiredSecret } from './desired-secret.ts';
import type { NamespaceObservation, ObservedAccount, ObservedSecret } from './observation.ts';
import { isOurs, isTheOriginals, ourNames, readSources } from './our-secrets.ts';
import { domainSecretName } from './secret-naming.ts';

export type RemovalInput = {
  readonly observation: NamespaceObservation;
  readonly configuration: Configuration;
  readonly secretName: string;
  readonly selected: boolean;
  /** Without the namespace being selected: none. */
  readonly desired: readonly DesiredSecret[];
  /** Names of the Secrets that are there and ours once the writes of the plan are done. */
  readonly readyNames: readonly string[];
  /** Hosts that a Secret of ours has a login for once the writes of the plan are done. */
  readonly readyHosts: ReadonlySet<string>;
  /** A credential is missing. */
  readonly isWaiting: boolean;
  /** ms since the epoch. */
  readonly now: number;
};

export type Removals = {
  readonly detach: readonly { readonly account: ObservedAccount; readonly names: readonly string[] }[];
  readonly remove: readonly ObservedSecret[];
  /** When more can be removed although nothing may have changed, ms since the epoch. */
  readonly againAt?: number | undefined;
};

/**
 * What is there and not wanted any more. While a credential is missing nothing is taken from an account that is selected, and no
 * Secret is deleted: what looks superfluous now may be wanted again in a moment. Neither is a Secret that alone has a login for
 * a host that is still wanted, as after a change of `secret-naming`:
 *
 *     aggregated   a.io b.io ───────────────────────▶ goes when b.io has its own
 *     per domain   a.io written ── b.io held back ── b.io written
 *
 * An account that is not selected any more is let go all the same.
 */
export function planRemovals(input: RemovalInput): Removals {
  const { observation, configuration, secretName, selected, isWaiting } = input;
  const wanted = new Set(input.desired.map(({ name }) => name));
  const ours = observation.secrets.filter((secret) => isOurs(secret));
  const holds = holdsUntil(ours, wanted, input);
  const superseded = isWaiting ? [] : supersededSecrets(wanted, input);
  const oldNames = new Set([
    ...ours.map(({ name }) => name),
    ...input.readyNames,
    ...(selected && !isWaiting ? ourNames(observation, secretName) : []),
  ]);
  const supersededNames = new Set(superseded.map(({ name }) => name));
  const isKept = (account: ObservedAccount): boolean => selected && selectsAccount(configuration, account);
  const detach = configuration.attach
    ? observation.accounts.flatMap((account) => {
        const names = isKept(account)
          ? account.pullSecrets.filter(
              (name) =>
                supersededNames.has(name) ||
                (oldNames.has(name) && !isWaiting && !wanted.has(name) && !holds.has(name)),
            )
          : account.pullSecrets.filter((name) => oldNames.has(name));
        return names.length > 0 ? [{ account, names }] : [];
      })
    : [];
  const isUsedByOthers = ({ name }: ObservedSecret): boolean =>
    observation.accounts.some((account) => !isKept(account) && account.pullSecrets.includes(name));
  const superfluous = isWaiting ? [] : ours.filter(({ name }) => !wanted.has(name) && !holds.has(name));
  return {
    detach,
    remove: [...superfluous, ...superseded.filter((secret) => !isUsedByOthers(secret))],
    againAt: holds.size === 0 ? undefined : Math.min(...holds.values()),
  };
}

/** By name: until when a Secret of ours that is not wanted by its name has to stay, ms since the epoch. */
function holdsUntil(
  ours: readonly ObservedSecret[],
  wanted: ReadonlySet<string>,
  { desired, readyHosts, now }: RemovalInput,
): ReadonlyMap<string, number> {
  const lackingHosts = new Set(hostsOf(desired).filter((host) => !readyHosts.has(host)));
  const holds = new Map<string, number>();
  if (lackingHosts.size === 0) return holds;
  for (const { name, sources } of ours) {
    if (wanted.has(name)) continue;
    const needed = readSources(sources).filter(
      ({ hosts, expiresAt }) => expiresAt > now && hosts.some((host) => lackingHosts.has(host)),
    );
    if (needed.length > 0) holds.set(name, Math.max(...needed.map(({ expiresAt }) => expiresAt)));
  }
  return holds;
}

/**
 * Secrets that the original component left under the names of the other naming mode. They go when take-over is on, and only where
 * Secrets of ours have a login for all that they can be for.
 */
function supersededSecrets(
  wanted: ReadonlySet<string>,
  { observation, configuration, secretName, selected, desired, readyHosts }: RemovalInput,
): readonly ObservedSecret[] {
  if (!configuration.takeOver || !configuration.attach || !selected) return [];
  const names = new Set([...readyHosts].map((host) => domainSecretName(host)));
  // Which hosts an aggregated Secret is for is not known: for none but the wanted ones.
  const hosts = hostsOf(desired);
  if (hosts.length > 0 && hosts.every((host) => readyHosts.has(host))) names.add(secretName);
  return observation.secrets.filter(
    (secret) => names.has(secret.name) && !wanted.has(secret.name) && isTheOriginals(secret),
  );
}

function hostsOf(secrets: readonly DesiredSecret[]): readonly string[] {
  return secrets.flatMap(({ sources }) => sources.flatMap(({ hosts }) => hosts));
}
