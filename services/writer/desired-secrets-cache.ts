import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import type { CredentialRecord } from '../../common/domain/credentials/credential.ts';
import { desiredSecrets, type DesiredSecrets } from '../../common/domain/namespaces/desired-secrets.ts';
import {
  resolveRegistries,
  type ResolvedEntry,
  type ResolvedRegistries,
} from '../../common/domain/credentials/resolve-registries.ts';
import type { Report } from '../../common/domain/happening.ts';
import { selectsEntry } from '../../common/domain/selection/selection.ts';
import type { CredentialReader } from '../../common/ports/stores.ts';

export type DesiredSecretsCacheOptions = {
  readonly credentials: CredentialReader;
  readonly secretName: string;
  readonly allowedHosts: readonly string[];
  readonly report: Report;
};

/**
 * Namespaces with the same registries get the same Secret: its body is built once per set of registries and renewal, not once
 * per namespace.
 */
export class DesiredSecretsCache {
  readonly #credentials: CredentialReader;
  readonly #secretName: string;
  readonly #allowedHosts: readonly string[];
  readonly #report: Report;
  readonly #bySet = new Map<string, DesiredSecrets>();
  #resolved: { readonly inForce: ConfigurationInForce; readonly registries: ResolvedRegistries } | undefined;

  constructor({ credentials, secretName, allowedHosts, report }: DesiredSecretsCacheOptions) {
    this.#credentials = credentials;
    this.#secretName = secretName;
    this.#allowedHosts = allowedHosts;
    this.#report = report;
  }

  /** What the namespace should have by this configuration, given that it is selected. */
  async forNamespace(
    namespace: string,
    inForce: ConfigurationInForce,
    now: number,
    credentials: CredentialReader = this.#credentials,
  ): Promise<DesiredSecrets> {
    const { entries } = this.#registriesOf(inForce);
    const wanted = entries.filter(({ entry }) => selectsEntry(entry, namespace));
    const records = await credentials.read(wanted.flatMap(({ sourceId }) => sourceId ?? []));
    const key = keyOf(wanted, records);
    const known = this.#bySet.get(key);
    if (known !== undefined && known.validUntil > now) return known;
    const { notifyEmail: email, secretNaming: naming } = inForce.configuration;
    const fresh = desiredSecrets({
      entries: wanted,
      records,
      naming,
      secretName: this.#secretName,
      email,
      allowedHosts: this.#allowedHosts,
      now,
    });
    if (fresh.refusedHosts.length > 0) this.#report({ kind: 'hosts-refused', hosts: fresh.refusedHosts });
    if (this.#bySet.size >= setsMax) this.#bySet.clear();
    this.#bySet.set(key, fresh);
    return fresh;
  }

  #registriesOf(inForce: ConfigurationInForce): ResolvedRegistries {
    const known = this.#resolved;
    if (known?.inForce.version === inForce.version && known.inForce.localRegion === inForce.localRegion)
      return known.registries;
    this.#bySet.clear();
    const registries = resolveRegistries(inForce);
    this.#resolved = { inForce, registries };
    return registries;
  }
}

/** Bodies are a few KB each; more sets of registries than this at one time would be a very unusual cluster. */
const setsMax = 256;

/** Changes whenever the answer may change, apart from the mere passing of time. */
function keyOf(wanted: readonly ResolvedEntry[], records: ReadonlyMap<string, CredentialRecord>): string {
  return wanted
    .map(({ entry, sourceId }) => {
      const record = sourceId === undefined ? undefined : records.get(sourceId);
      return [
        entry.index,
        record?.requestedAt,
        record?.credential?.issuedAt,
        record?.credential?.expiresAt,
        record?.failure?.at,
      ].join(',');
    })
    .join(';');
}
