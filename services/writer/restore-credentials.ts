import { describeSource, type CredentialSource } from '../../common/domain/credentials/credential-source.ts';
import { isUsable } from '../../common/domain/credentials/credential.ts';
import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { ObservedSecret } from '../../common/domain/namespaces/observation.ts';
import { isOurs } from '../../common/domain/namespaces/our-secrets.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { restorableSources, restoreCredentials } from '../../common/domain/credentials/restorable.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { OwnSecretReader } from '../../common/ports/own-secrets.ts';
import type { ConfigurationStore, CredentialStore, ObservationStore } from '../../common/ports/stores.ts';
import type { Bus, Handler } from '../../queues/bus.ts';
import { readObservations } from '../read-observations.ts';

export type RestoreTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'read' | 'namespaces' | 'listed'>;
  readonly credentials: Pick<CredentialStore, 'read' | 'write' | 'markRestored' | 'isRestored'>;
  readonly ownSecrets: OwnSecretReader;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly report: Report;
};

/**
 * Takes back, from the Secrets that we wrote, the credentials that the store lacks: a restart, or an emptied Redis, fetches
 * nothing that is still fresh. Reads as few Secrets as hold them all; then has the rest fetched.
 */
export function restoreMissingCredentials(tools: RestoreTools): Handler<'credential.restore'> {
  const { configurations, observations, credentials, bus, clock } = tools;
  return async ({ data }) => {
    const inForce = await configurations.read();
    const secrets = await observations.listed('secrets');
    if (inForce === undefined || secrets === undefined) return;
    if (!(await credentials.isRestored())) {
      if (secrets > 0)
        await restore(await missingSources([...resolveRegistries(inForce).sources.values()], tools), clock(), tools);
      await credentials.markRestored();
      // Who looked before found no credential and left the namespaces alone.
      if (secrets > 0)
        await bus.publish('namespace.sync-all', [{ data: { cause: 'credential' }, urgency: 'expiring' }]);
    }
    await bus.publish('credential.renew-due', [{ data: { cause: data.cause }, urgency: 'unserved' }]);
  };
}

async function missingSources(
  sources: readonly CredentialSource[],
  { credentials, clock }: RestoreTools,
): Promise<Map<string, CredentialSource>> {
  const records = await credentials.read(sources.map(({ id }) => id));
  const missing = sources.filter(({ id }) => !isUsable(records.get(id)?.credential, clock()));
  return new Map(missing.map((source) => [source.id, source]));
}

/**
 * Of several Secrets with a credential of a source the one that lasts longest counts: who was killed in the middle of a renewal
 * has left old ones beside new ones. Where that one cannot be read, another is tried.
 */
async function restore(missing: Map<string, CredentialSource>, now: number, tools: RestoreTools): Promise<void> {
  const tried = new Set<string>();
  for (let round = 1; round <= roundsMax && missing.size > 0; round++) {
    const best = await findLongestLasting(missing, tried, now, tools);
    if (best.size === 0) return;
    for (const secret of new Set([...best.values()].map(({ secret }) => secret))) {
      tried.add(nameOf(secret));
      const sourceIds = [...best].filter(([, found]) => found.secret === secret).map(([id]) => id);
      for (const id of await restoreFrom(secret, sourceIds, missing, tools)) missing.delete(id);
    }
  }
}

/** A Secret that cannot be read is rare; that several in a row cannot be means that none can be. */
const roundsMax = 5;

/** By source; of equals the first, so that as few Secrets as possible are read. */
async function findLongestLasting(
  missing: ReadonlyMap<string, CredentialSource>,
  tried: ReadonlySet<string>,
  now: number,
  { observations }: RestoreTools,
): Promise<ReadonlyMap<string, Found>> {
  const best = new Map<string, Found>();
  // Namespaces with the same registries have the same annotation: it is looked at once.
  const seen = new Set<string | undefined>();
  for await (const observed of readObservations(observations)) {
    for (const secret of observed.flatMap(({ secrets }) => secrets)) {
      if (!isOurs(secret) || !secret.ownsData || seen.has(secret.sources) || tried.has(nameOf(secret))) continue;
      seen.add(secret.sources);
      for (const { id, expiresAt } of restorableSources(secret, missing.values(), now)) {
        if (expiresAt > (best.get(id)?.expiresAt ?? 0)) best.set(id, { secret, expiresAt });
      }
    }
  }
  return best;
}

type Found = { readonly secret: ObservedSecret; readonly expiresAt: number };

function nameOf({ namespace, name }: ObservedSecret): string {
  return `${namespace}/${name}`;
}

/** One read; a Secret that cannot be read is passed over, because what it holds can be fetched. */
async function restoreFrom(
  secret: ObservedSecret,
  sourceIds: readonly string[],
  sources: ReadonlyMap<string, CredentialSource>,
  tools: RestoreTools,
): Promise<readonly string[]> {
  const { ownSecrets, credentials, report } = tools;
  try {
    const dockerConfig = (await ownSecrets.readSecret(secret.namespace, secret.name))?.get('.dockerconfigjson');
    const restored = dockerConfig === undefined ? [] : restoreCredentials(secret, dockerConfig, sourceIds);
    for (const credential of restored) {
      await credentials.write({ sourceId: credential.sourceId, credential });
      report({
        kind: 'credential-restored',
        source: nameOfSource(credential.sourceId, sources),
        expiresAt: credential.expiresAt,
        from: secret.namespace,
      });
    }
    return restored.map(({ sourceId }) => sourceId);
  } catch (error) {
    report({ kind: 'message-failed', message: 'credential.restore', key: secret.namespace, failure: toFailure(error) });
    return [];
  }
}

function nameOfSource(id: string, sources: ReadonlyMap<string, CredentialSource>): string {
  const source = sources.get(id);
  return source === undefined ? id : describeSource(source);
}
