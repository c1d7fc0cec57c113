import { createHash } from 'node:crypto';
import type { Credential, CredentialRecord } from '../credentials/credential.ts';
import { isUsable } from '../credentials/credential.ts';
import { pendingUntil } from './pending.ts';
import type { DesiredSecret, SecretSource } from './desired-secret.ts';
import { parseDockerConfig, passwordLogin, renderDockerConfig, type DockerConfigEntry } from './docker-config.ts';
import { mayReceiveToken } from '../credentials/registry-host.ts';
import type { ResolvedEntry } from '../credentials/resolve-registries.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { SecretText } from '../secret-text.ts';
import { domainSecretName, numbered } from './secret-naming.ts';

/** The Secrets that a namespace with these entries should have, and what they lack. */
export type DesiredSecrets = {
  readonly secrets: readonly DesiredSecret[];
  /** Entries without a usable credential. */
  readonly awaited: readonly AwaitedSource[];
  /** Hosts that an entry lists and that get no token, because neither the instance nor the operator vouches for them. */
  readonly refusedHosts: readonly string[];
  /** A renewal is under way whose result should go into the same write: until then, ms since the epoch. */
  readonly renewalPendingUntil?: number | undefined;
  /** When this answer ends to hold because a credential expires or a wait is over, ms since the epoch. */
  readonly validUntil: number;
};

export type AwaitedSource = {
  /** Absent: the region of the entry is not known yet. */
  readonly sourceId?: string | undefined;
  /** Worth waiting for: it was asked for a moment ago. ms since the epoch. */
  readonly pendingUntil?: number | undefined;
};

export type DesiredSecretsInput = {
  readonly entries: readonly ResolvedEntry[];
  readonly records: ReadonlyMap<string, CredentialRecord>;
  readonly naming: Configuration['secretNaming'];
  /** Name of the first aggregated Secret; the next ones are `<name>-1`, `<name>-2`… */
  readonly secretName: string;
  readonly email?: string | undefined;
  /** `--allowed-host`. */
  readonly allowedHosts: readonly string[];
  /** ms since the epoch. */
  readonly now: number;
};

/**
 * Puts every host of every entry into the first Secret that does not hold the host with another credential yet [S12]:
 * a docker config has one credential per host, so a second one needs a second Secret. `per-domain` makes the same
 * Secrets for each host on its own [S13].
 */
export function desiredSecrets(input: DesiredSecretsInput): DesiredSecrets {
  const { entries, records, naming, secretName, email, allowedHosts, now } = input;
  const refusedHosts = new Set<string>();
  const awaited: AwaitedSource[] = [];
  const pending: number[] = [];
  /** By the name of the first Secret of each row. */
  const rows = new Map<string, Shelf[]>();
  for (const { entry, sourceId } of entries) {
    const record = sourceId === undefined ? undefined : records.get(sourceId);
    const until = record === undefined ? undefined : pendingUntil(record, now);
    if (until !== undefined) pending.push(until);
    const credential = record?.credential;
    if (isUsable(credential, now)) {
      for (const login of loginsOf(entry, credential, email)) {
        const isVouchedFor = { discovered: credential.discoveredDomains, allowed: allowedHosts };
        const row = naming === 'per-domain' ? domainSecretName(login.host) : secretName;
        if (mayReceiveToken(login.host, isVouchedFor)) shelve(shelvesOf(rows, row), login, credential);
        else refusedHosts.add(login.host);
      }
    } else {
      awaited.push({ sourceId, pendingUntil: until });
    }
  }
  const discovering = new Set(entries.flatMap(({ entry, sourceId }) => (listsDomains(entry) ? [] : (sourceId ?? []))));
  const secrets = [...rows].flatMap(([name, shelves]) =>
    shelves.map((shelf, index) => toSecret(shelf, numbered(name, index), discovering, naming)),
  );
  return {
    secrets,
    awaited,
    refusedHosts: [...refusedHosts],
    renewalPendingUntil: pending.length === 0 ? undefined : Math.max(...pending),
    validUntil: Math.min(Number.MAX_SAFE_INTEGER, ...pending, ...secrets.map((secret) => secret.expiresAt)),
  };
}

/** What goes into one Secret: host → login, and the credential that it comes from. */
type Shelf = Map<string, { readonly login: SecretText; readonly credential: Credential }>;

/** Otherwise every domain of the instance is wanted. */
function listsDomains(entry: ResolvedEntry['entry']): boolean {
  return 'secretName' in entry || entry.domains !== undefined;
}

/** The hosts that an entry gets logins for from its credential. */
export function loginsOf(
  entry: ResolvedEntry['entry'],
  credential: Credential,
  email: string | undefined,
): readonly DockerConfigEntry[] {
  if ('secretName' in entry) return parseDockerConfig(credential.password) ?? [];
  const login = passwordLogin(credential.username, credential.password, email);
  return (entry.domains ?? credential.discoveredDomains).map((host) => ({ host, login }));
}

function shelvesOf(rows: Map<string, Shelf[]>, name: string): Shelf[] {
  const known = rows.get(name);
  if (known !== undefined) return known;
  const shelves: Shelf[] = [];
  rows.set(name, shelves);
  return shelves;
}

function shelve(shelves: Shelf[], { host, login }: DockerConfigEntry, credential: Credential): void {
  for (const shelf of shelves) {
    const other = shelf.get(host);
    if (other?.credential.sourceId === credential.sourceId) return;
    if (other === undefined) {
      shelf.set(host, { login, credential });
      return;
    }
  }
  shelves.push(new Map([[host, { login, credential }]]));
}

function toSecret(
  shelf: Shelf,
  name: string,
  discovering: ReadonlySet<string>,
  naming: Configuration['secretNaming'],
): DesiredSecret {
  const dockerConfig = renderDockerConfig([...shelf].map(([host, { login }]) => ({ host, login })));
  const sources = sourcesOf(shelf, discovering, naming);
  return {
    name,
    dockerConfig,
    version: createHash('sha256')
      .update(dockerConfig.reveal())
      .update(JSON.stringify(sources, withoutIssuedAt))
      .digest('hex')
      .slice(0, 16),
    expiresAt: Math.min(...sources.map(({ expiresAt }) => expiresAt)),
    sources,
  };
}

/** The same logins until the same moments are the same content: a mirrored docker config that is read anew is nothing to write. */
function withoutIssuedAt(key: string, value: unknown): unknown {
  return key === 'issuedAt' ? undefined : value;
}

function sourcesOf(
  shelf: Shelf,
  discovering: ReadonlySet<string>,
  naming: Configuration['secretNaming'],
): readonly SecretSource[] {
  const bySource = new Map<string, { credential: Credential; hosts: string[] }>();
  for (const [host, { credential }] of shelf) {
    const known = bySource.get(credential.sourceId);
    if (known === undefined) bySource.set(credential.sourceId, { credential, hosts: [host] });
    else known.hosts.push(host);
  }
  return [...bySource.values()].map(({ credential, hosts }) => ({
    id: credential.sourceId,
    hosts: hosts.toSorted(),
    ...(naming === 'per-domain'
      ? { domains: credential.discoveredDomains, discovered: discovering.has(credential.sourceId) }
      : { discovered: discovering.has(credential.sourceId) && holdsAll(hosts, credential) }),
    issuedAt: credential.issuedAt,
    expiresAt: credential.expiresAt,
  }));
}

/** Where a host went into another Secret, this one does not tell all of them. */
function holdsAll(hosts: readonly string[], { discoveredDomains }: Credential): boolean {
  return discoveredDomains.every((domain) => hosts.includes(domain));
}
