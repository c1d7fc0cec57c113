import type { Configuration, ConfigurationInForce } from '../configuration/configuration.ts';
import type { CredentialRecord } from '../credentials/credential.ts';
import { mayReceiveToken } from '../credentials/registry-host.ts';
import { resolveRegistries, type ResolvedEntry } from '../credentials/resolve-registries.ts';
import { loginsOf } from '../namespaces/desired-secrets.ts';
import { domainSecretName, numbered } from '../namespaces/secret-naming.ts';
import { matchesName, type NamePatterns } from '../selection/name-patterns.ts';

/** Who gets which references at admission: what the policy, the webhook and the guard decide by, without a credential in it. */
export type AdmissionRules = Pick<
  Configuration,
  'namespaces' | 'namespaceSelector' | 'accounts' | 'accountSelector' | 'attach'
> & { readonly references: readonly ReferenceRule[] };

/** The Secret of this name is wanted in a namespace where one of the hosts has at least so many credentials. */
export type ReferenceRule = {
  readonly name: string;
  readonly atLeast: number;
  readonly hosts: readonly HostCredentials[];
};

/** Of one host: for each credential that gives a login for it, the namespaces that want it. */
export type HostCredentials = readonly (readonly NamespaceScope[])[];

/** `namespaces` of an entry; `every`: each selected namespace. */
export type NamespaceScope = NamePatterns | 'every';

export type ReferenceRulesInput = {
  readonly inForce: Pick<ConfigurationInForce, 'configuration' | 'localRegion'>;
  readonly records: ReadonlyMap<string, CredentialRecord>;
  /** Name of the first Secret. */
  readonly secretName: string;
  /** `--allowed-host`. */
  readonly allowedHosts: readonly string[];
};

/**
 * The rules of a configuration. They name the Secrets that `desiredSecrets` makes of the same entries and credentials; where a
 * credential is still missing the listed domains count, or one that nobody else has: a reference to a Secret that does not come
 * harms nothing, and one that is missing keeps a pod from starting.
 */
export function referenceRules({ inForce, records, secretName, allowedHosts }: ReferenceRulesInput): AdmissionRules {
  const { namespaces, namespaceSelector, accounts, accountSelector, attach, secretNaming } = inForce.configuration;
  /** By the name of the first Secret of each row: host → credential → who wants it. */
  const rows = new Map<string, Map<string, Map<string, NamespaceScope[]>>>();
  for (const resolved of resolveRegistries(inForce).entries) {
    const record = resolved.sourceId === undefined ? undefined : records.get(resolved.sourceId);
    for (const host of expectedHosts(resolved, record, allowedHosts)) {
      const row = secretNaming === 'per-domain' ? host && domainSecretName(host) : secretName;
      if (row !== '') addScope(rows, row, host, resolved);
    }
  }
  const references = [...rows].flatMap(([name, hosts]) => rulesOfRow(name, hosts.values()));
  return { namespaces, namespaceSelector, accounts, accountSelector, attach, references };
}

/** Names of the Secrets that an account of the namespace should refer to, given that both are selected. */
export function referencesFor(
  { references }: Pick<AdmissionRules, 'references'>,
  namespace: string,
): readonly string[] {
  return references
    .filter(({ atLeast, hosts }) =>
      hosts.some((credentials) => credentials.filter((scopes) => concerns(scopes, namespace)).length >= atLeast),
    )
    .map(({ name }) => name);
}

function concerns(scopes: readonly NamespaceScope[], namespace: string): boolean {
  return scopes.some((scope) => scope === 'every' || matchesName(scope, namespace));
}

function expectedHosts(
  { entry }: ResolvedEntry,
  record: CredentialRecord | undefined,
  allowed: readonly string[],
): readonly string[] {
  const credential = record?.credential;
  if (credential !== undefined) {
    const isVouchedFor = { discovered: credential.discoveredDomains, allowed };
    const hosts = loginsOf(entry, credential, undefined).map(({ host }) => host);
    return hosts.filter((host) => mayReceiveToken(host, isVouchedFor));
  }
  const listed = 'secretName' in entry ? undefined : entry.domains;
  return listed ?? [unknownHost];
}

/** Stands for a host that no other entry has. */
const unknownHost = '';

function addScope(
  rows: Map<string, Map<string, Map<string, NamespaceScope[]>>>,
  row: string,
  host: string,
  { entry, sourceId }: ResolvedEntry,
): void {
  const id = sourceId ?? `entry ${entry.index}`;
  const hosts = rows.get(row) ?? new Map<string, Map<string, NamespaceScope[]>>();
  const key = host === unknownHost ? `unknown ${id}` : host;
  const credentials = hosts.get(key) ?? new Map<string, NamespaceScope[]>();
  rows.set(row, hosts.set(key, credentials.set(id, [...(credentials.get(id) ?? []), entry.namespaces ?? 'every'])));
}

/** As many Secrets as the most credentials that one host of the row has. */
function rulesOfRow(
  name: string,
  credentialsByHost: Iterable<ReadonlyMap<string, readonly NamespaceScope[]>>,
): readonly ReferenceRule[] {
  const hosts = distinct([...credentialsByHost].map((credentials) => [...credentials.values()]));
  const most = Math.max(0, ...hosts.map((credentials) => credentials.length));
  return Array.from({ length: most }, (_item, index) => ({
    name: numbered(name, index),
    atLeast: index + 1,
    hosts: hosts.filter((credentials) => credentials.length > index),
  }));
}

/** Most hosts are wanted by the same entries: they are one case. */
function distinct(hosts: readonly HostCredentials[]): readonly HostCredentials[] {
  return [...new Map(hosts.map((credentials) => [JSON.stringify(credentials), credentials])).values()];
}
