import { setMaxListeners } from 'node:events';

import type { RegistrySource } from '../../domain/credentials/credential-source.ts';
import type { Credential } from '../../domain/credentials/credential.ts';
import type { Tracer } from '../../domain/tracing/tracer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CredentialIssuer, RegionFinder } from '../../ports/cloud.ts';
import type { SecretReader } from '../../ports/own-secrets.ts';
import { createCloudClient, type CloudObserver } from './cloud-client.ts';
import { createCloudClock, type CloudClock } from './cloud-clock.ts';
import { createDomainMemory, type DomainMemory } from './domain-memory.ts';
import { fetchEnterpriseToken, listInstanceDomains } from './enterprise.ts';
import { checkRegion } from './hosts.ts';
import { sessionProviderOf, type IdentityParts } from './identities.ts';
import type { TokenMode } from './identities/cluster-role.ts';
import type { IssuedToken } from './issued-token.ts';
import { managedRoleTokenFile } from './identities/managed-role.ts';
import { registeredClusterSecret } from './identities/registered-cluster.ts';
import type { MetadataService } from './metadata-service.ts';
import { fetchPersonalToken, personalDomains } from './personal.ts';
import { createRegionalClient } from './regional-client.ts';
import { createSessionCache } from './session-cache.ts';
import type { Session } from './session.ts';
import { withSession } from './with-session.ts';

export type CredentialIssuerOptions = {
  readonly clock: Clock;
  /** Shared with whoever judges expiries; one of our own when absent. */
  readonly cloudClock?: CloudClock | undefined;
  readonly secrets: SecretReader;
  readonly metadata: MetadataService;
  /** Tells the cluster's own region; while it fails, only public hosts are called. */
  readonly regionFinder: RegionFinder;
  readonly tokenMode: TokenMode;
  /** Role of the ECS instance; asked for when absent. */
  readonly workerRoleName?: string | undefined;
  /** Default `/var/addon/token-config`. */
  readonly managedRoleTokenFile?: string | undefined;
  /** Default `/var/run/secrets/ack.alibabacloud.com/rrsa-tokens/token`. */
  readonly oidcTokenFile?: string | undefined;
  /** What ack-pod-identity-webhook put into the pod's environment: for RRSA entries that name no role or provider. */
  readonly podRoleArn?: string | undefined;
  readonly podOidcProviderArn?: string | undefined;
  /** Default `alibaba-addon-secret`. */
  readonly registeredClusterSecret?: string | undefined;
  /** Name of the sessions of assumed roles, 2–32 characters. Default `acr-credential-helper`. */
  readonly sessionName?: string | undefined;
  /** Where calls connect to instead of the real hosts. */
  readonly openApiEndpoint?: URL | undefined;
  /** Hosts outside Alibaba Cloud that may be called: `cr.<region>.private.example`. */
  readonly allowedHosts: readonly string[];
  /** Told of every request, for metrics. */
  readonly observer?: CloudObserver | undefined;
  readonly tracer?: Tracer | undefined;
  readonly connectTimeoutSeconds?: number | undefined;
  readonly callTimeoutSeconds?: number | undefined;
};

/** `close` ends the connections. */
export type AlibabaCredentialIssuer = CredentialIssuer & { close(): Promise<void> };

/** Gets registry credentials from Alibaba Cloud. */
export function createCredentialIssuer(options: CredentialIssuerOptions): AlibabaCredentialIssuer {
  const { clock, allowedHosts, regionFinder } = options;
  const cloudClock = options.cloudClock ?? createCloudClock(clock);
  const client = createCloudClient({ ...options, cloudClock });
  const sessions = createSessionCache(cloudClock.now);
  const findLocalRegion = (signal: AbortSignal): Promise<string | undefined> => localRegionInTime(regionFinder, signal);
  const parts: IdentityParts = {
    cloud: createRegionalClient({ client, clock, allowedHosts, findLocalRegion }),
    metadata: options.metadata,
    secrets: options.secrets,
    sessions,
    now: cloudClock.now,
    tokenMode: options.tokenMode,
    workerRoleName: options.workerRoleName,
    managedRoleTokenFile: options.managedRoleTokenFile ?? managedRoleTokenFile,
    oidcTokenFile: options.oidcTokenFile ?? '/var/run/secrets/ack.alibabacloud.com/rrsa-tokens/token',
    podRoleArn: options.podRoleArn ?? '',
    podOidcProviderArn: options.podOidcProviderArn ?? '',
    registeredClusterSecret: options.registeredClusterSecret ?? registeredClusterSecret,
    sessionName: options.sessionName ?? 'acr-credential-helper',
  };
  const domains = createDomainMemory(clock);

  return {
    fetchCredential: async (source, signal) => {
      checkRegion(source.regionId);
      // One signal may stand for the whole process; every fetch listens to it for as long as it lasts.
      setMaxListeners(0, signal);
      const provide = sessionProviderOf(source.identity, parts);
      return await withSession(
        provide,
        sessions,
        signal,
        async (session) => await fetchWith(parts, domains, source, session, signal),
      );
    },
    close: async () => await client.close(),
  };
}

async function fetchWith(
  parts: IdentityParts,
  memory: DomainMemory,
  source: RegistrySource,
  session: Session,
  signal: AbortSignal,
): Promise<Credential> {
  const discoveredDomains = source.discoverDomains ? await discover(parts, memory, source, session, signal) : [];
  const token = await fetchToken(parts, source, session, signal);
  return {
    sourceId: source.id,
    username: token.username,
    password: token.password,
    discoveredDomains,
    issuedAt: parts.now(),
    expiresAt: token.expiresAt,
  };
}

async function discover(
  parts: IdentityParts,
  memory: DomainMemory,
  source: RegistrySource,
  session: Session,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (source.edition === 'personal') return personalDomains(source.regionId);
  return await memory.recall(source.id, async () => await listInstanceDomains(parts.cloud, source, session, signal));
}

async function fetchToken(
  parts: IdentityParts,
  source: RegistrySource,
  session: Session,
  signal: AbortSignal,
): Promise<IssuedToken> {
  return source.edition === 'personal'
    ? await fetchPersonalToken(parts.cloud, source, session, parts.now, signal)
    : await fetchEnterpriseToken(parts.cloud, source, session, parts.now, signal);
}

/**
 * The cluster's own region, if it can be had soon. Away from ECS the question ends in a time-out: a fetch does not wait for that, but goes to the
 * public host.
 */
async function localRegionInTime(regions: RegionFinder, signal: AbortSignal): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), localRegionSeconds * 1000);
  });
  const found = regions.findRegion(signal).catch(() => undefined);
  return await Promise.race([found, tooLate]).finally(() => clearTimeout(timer));
}

const localRegionSeconds = 1;
