import type { CredentialSource } from '../credentials/credential-source.ts';
import { describeSource } from '../credentials/credential-source.ts';
import type { Credential, CredentialRecord } from '../credentials/credential.ts';
import type { SecretSource } from '../namespaces/desired-secret.ts';
import { passwordLogin, renderDockerConfig } from '../namespaces/docker-config.ts';
import type { ObservedSecret } from '../namespaces/observation.ts';
import { isOurs, readSources } from '../namespaces/our-secrets.ts';
import { SecretText } from '../secret-text.ts';

/** What the annotations of our Secrets tell of each source: of several, that which lasts longest. */
export class HeldSources {
  readonly #bySource = new Map<string, SecretSource>();
  /** Namespaces with the same registries have the same annotation. */
  readonly #seen = new Set<string>();

  add(secret: ObservedSecret): void {
    if (!isOurs(secret) || secret.sources === undefined || this.#seen.has(secret.sources)) return;
    if (this.#seen.size >= seenMax) this.#seen.clear();
    this.#seen.add(secret.sources);
    for (const source of readSources(secret.sources)) {
      const known = this.#bySource.get(source.id);
      if (known === undefined || known.expiresAt < source.expiresAt) this.#bySource.set(source.id, source);
    }
  }

  get(sourceId: string): SecretSource | undefined {
    return this.#bySource.get(sourceId);
  }

  knows(sourceIds: Iterable<string>): boolean {
    return [...sourceIds].some((id) => this.#bySource.has(id));
  }
}

const seenMax = 10_000;

/**
 * Credentials as a plan needs them, without any token: what our Secrets hold, and for the rest one that will be fetched. Which hosts the
 * latter is for may be known to the registry only; a stand-in takes their place.
 */
export function assumeCredentials(
  sources: Iterable<CredentialSource>,
  held: HeldSources,
  now: number,
): ReadonlyMap<string, CredentialRecord> {
  return new Map(
    [...sources].map((source) => [
      source.id,
      { sourceId: source.id, requestedAt: 0, credential: assume(source, held.get(source.id), now) },
    ]),
  );
}

/** What our Secrets hold, as it is: without those of which they hold nothing. */
export function heldCredentials(
  sources: Iterable<CredentialSource>,
  held: HeldSources,
  now: number,
): ReadonlyMap<string, CredentialRecord> {
  return new Map(
    [...sources].flatMap((source) => {
      const found = held.get(source.id);
      if (found === undefined) return [];
      const { issuedAt, expiresAt } = found;
      const credential = { ...assume(source, found, now), issuedAt, expiresAt };
      return [[source.id, { sourceId: source.id, requestedAt: 0, credential }] as const];
    }),
  );
}

/** Whether the host stands for hosts that only the registry knows. */
export function isStandIn(host: string): boolean {
  return host.endsWith(standIn);
}

const standIn = '.to-be-fetched';
const username = 'cr_temp_user';
const assumedLifeMs = 3_600_000;

function assume(source: CredentialSource, held: SecretSource | undefined, now: number): Credential {
  const hosts = held?.domains ?? held?.hosts ?? [standInFor(source)];
  const works = held !== undefined && held.expiresAt > now;
  const password = new SecretText('not-fetched');
  const login = passwordLogin(username, password);
  return {
    sourceId: source.id,
    username,
    // Of a mirrored docker config it is the text of it.
    password: source.kind === 'mirror' ? renderDockerConfig(hosts.map((host) => ({ host, login }))) : password,
    discoveredDomains: source.kind === 'mirror' ? [] : [...new Set([...hosts, ...source.customHosts])],
    issuedAt: works ? held.issuedAt : now,
    expiresAt: works ? held.expiresAt : now + assumedLifeMs,
  };
}

function standInFor(source: CredentialSource): string {
  const name = describeSource(source)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-');
  return `${name}${standIn}`;
}
