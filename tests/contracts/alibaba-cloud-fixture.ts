import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createCredentialIssuer,
  type AlibabaCredentialIssuer,
  type CredentialIssuerOptions,
} from '../../common/adapters/alibaba/credential-issuer.ts';
import { createMetadataService } from '../../common/adapters/alibaba/metadata-service.ts';
import { createRegionFinder } from '../../common/adapters/alibaba/region-finder.ts';
import type { RegistrySource } from '../../common/domain/credentials/credential-source.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { Identity } from '../../common/domain/credentials/identity.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { managedRoleTokenFile as managedRoleTokenText } from '../../deploy/simulators/alibaba-cloud/managed-role-token.ts';
import {
  createServiceAccountIssuer,
  type ServiceAccountIssuer,
  type ServiceAccountToken,
} from '../../deploy/simulators/alibaba-cloud/open-id-provider.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import type { CloudWorld } from '../../deploy/simulators/alibaba-cloud/world.ts';

export type IssuerOptions = Partial<CredentialIssuerOptions> & { readonly region?: string };

/** A simulated cloud, and what a test needs to make helpers that talk to it. */
export type CloudFixture = {
  readonly cloud: AlibabaCloudSimulator;
  /** Secrets of the helper's namespace: name → key → value. */
  readonly secrets: Map<string, Record<string, string>>;
  /** Where token files may be put; nothing is there at first. */
  readonly managedRoleTokenFile: string;
  readonly oidcTokenFile: string;
  readonly observed: string[];
  /** A helper with its own caches, with the cloud's clock unless told otherwise. */
  readonly createIssuer: (options?: IssuerOptions) => AlibabaCredentialIssuer;
  /** Puts ACK's token file with a session of the managed role in place; answers with the session's key id. */
  readonly writeManagedRole: (seconds?: number) => Promise<string>;
  readonly writeManagedRoleToken: (text: string) => Promise<void>;
  /** Puts a ServiceAccount token in place, of the helper's ServiceAccount unless told otherwise. */
  readonly writeOidcToken: (changes?: Partial<ServiceAccountToken>) => Promise<void>;
  readonly writeOidcText: (text: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** An issuer of ServiceAccount tokens; making its key is slow, so that one serves a whole file. */
export function createTestServiceAccounts(): ServiceAccountIssuer {
  return createServiceAccountIssuer(demoNames.oidcIssuer);
}

/** Starts a cloud with the demo's world that trusts the issuer's ServiceAccount tokens. */
export async function startCloudFixture(serviceAccounts: ServiceAccountIssuer): Promise<CloudFixture> {
  const cloud = await startAlibabaCloudSimulator({
    world: createDemoWorld({ openIdKeys: [serviceAccounts.publicKey] }),
  });
  const folder = await mkdtemp(join(tmpdir(), 'acr-cloud-'));
  const closers: (() => Promise<void>)[] = [];
  const secrets = new Map<string, Record<string, string>>();
  const managedRoleTokenFile = join(folder, 'token-config');
  const oidcTokenFile = join(folder, 'token');
  const observed: string[] = [];
  return {
    cloud,
    secrets,
    managedRoleTokenFile,
    oidcTokenFile,
    observed,
    createIssuer: ({ region, ...options } = {}) => {
      const clock = options.clock ?? (() => cloud.clock.now());
      const metadata = createMetadataService({ clock, endpoint: new URL(cloud.url), v1Disabled: false });
      const issuer = createCredentialIssuer({
        clock,
        metadata,
        regionFinder: createRegionFinder({ clock, metadata, region: region ?? demoNames.regionId }),
        secrets: {
          readSecret: async (name) => {
            const values = secrets.get(name);
            if (values === undefined) return undefined;
            return new Map(Object.entries(values).map(([key, value]) => [key, new SecretText(value)] as const));
          },
        },
        tokenMode: 'auto',
        managedRoleTokenFile,
        oidcTokenFile,
        openApiEndpoint: new URL(cloud.url),
        allowedHosts: [],
        observer: (action, region, code) => observed.push(`${action} ${region} ${code}`),
        ...options,
      });
      closers.push(async () => await issuer.close());
      closers.push(async () => await metadata.close());
      return issuer;
    },
    writeManagedRole: async (seconds = 3600) => {
      const session = cloud.openRoleSession(demoNames.managedRoleArn, seconds);
      await writeFile(managedRoleTokenFile, managedRoleTokenText(session));
      return session.accessKeyId;
    },
    writeManagedRoleToken: async (text) => await writeFile(managedRoleTokenFile, text),
    writeOidcToken: async (changes) => {
      const token = serviceAccounts.mintToken({
        namespace: 'kube-system',
        serviceAccount: 'aliyun-acr-credential-helper',
        audience: demoNames.oidcAudience,
        issuedAt: cloud.clock.now(),
        lifetimeSeconds: 3600,
        ...changes,
      });
      await writeFile(oidcTokenFile, token);
    },
    writeOidcText: async (text) => await writeFile(oidcTokenFile, text),
    stop: async () => {
      await Promise.all(closers.map(async (close) => await close()));
      await cloud.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The key pair of the demo's user who may pull. */
export const pullerKey: Identity = {
  kind: 'access-key',
  accessKeyId: demoNames.pullerKey.id,
  accessKeySecret: new SecretText(demoNames.pullerKey.secret),
};

/** A source of the demo's own Enterprise Edition instance. */
export function enterpriseSource(changes: Partial<RegistrySource> = {}): RegistrySource {
  return {
    kind: 'registry',
    id: '0000000000000001',
    edition: 'enterprise',
    instanceId: demoNames.instanceId,
    regionId: demoNames.regionId,
    identity: pullerKey,
    pool: 'cn-hangzhou.cluster',
    discoverDomains: false,
    wantsAllDomains: false,
    customHosts: [],
    ...changes,
  };
}

export function personalSource(changes: Partial<RegistrySource> = {}): RegistrySource {
  return enterpriseSource({ id: '0000000000000002', edition: 'personal', instanceId: '', ...changes });
}

/** A partner's instance, reached by a role of theirs that `base` assumes. */
export function partnerSource(base: Identity, changes: Partial<RegistrySource> = {}): RegistrySource {
  const identity: Identity = {
    kind: 'assumed-role',
    roleArn: demoNames.partnerRoleArn,
    sessionSeconds: 3600,
    base,
  };
  return enterpriseSource({ id: '0000000000000003', instanceId: demoNames.partnerInstanceId, identity, ...changes });
}

/** The calls that arrived, in order: `GetAuthorizationToken@cr.cn-hangzhou.aliyuncs.com success`. */
function describeCalls(cloud: AlibabaCloudSimulator): readonly string[] {
  return cloud.calls.all().map(({ action, host, code }) => `${action}@${host} ${code}`);
}

/** What holds after every test: no rule broken, no nonce used twice. */
export function assertRulesKept(cloud: AlibabaCloudSimulator): void {
  const nonces = cloud.calls
    .all()
    .map(({ nonce }) => nonce)
    .filter((nonce) => nonce !== '');
  assert.deepEqual(cloud.violations(), [], 'the cloud saw a rule broken');
  assert.equal(new Set(nonces).size, nonces.length, 'a nonce was used twice');
}

/** Calls of the cloud's APIs, without those of the metadata service. */
export function describeApiCalls(cloud: AlibabaCloudSimulator): readonly string[] {
  return describeCalls(cloud).filter((call) => !call.startsWith('metadata.'));
}

/** What was asked of the metadata service, in order: `metadata.token`. */
export function metadataCalls(cloud: AlibabaCloudSimulator): readonly string[] {
  return cloud.calls
    .all()
    .map(({ action }) => action)
    .filter((action) => action.startsWith('metadata.'));
}

/** Another cluster than the demo's. */
export function changeCluster(
  cloud: AlibabaCloudSimulator,
  change: (cluster: CloudWorld['cluster']) => CloudWorld['cluster'],
): void {
  cloud.world.update((world) => ({ ...world, cluster: change(world.cluster) }));
}

/** Waits for the failure that a promise must end in. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error('expected a failure, and there was none');
}

/** The failure's message with what differs from run to run made equal. */
export function stableMessage(failure: Failure): string {
  return failure.message
    .replaceAll(/RequestId [0-9A-F-]{36}/g, 'RequestId …')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'ENDPOINT')
    .replaceAll(/\d{13} \([\dT:.Z-]+\)/g, 'TIME')
    .replaceAll(/now [\dT:.Z-]+/g, 'now NOW')
    .replaceAll(/\/\S*\/(token-config|token)\b/g, 'FOLDER/$1');
}

/** The cluster's own role, and RRSA, as the demo's world knows them. */
export const clusterRole: Identity = { kind: 'cluster-role' };
export const rrsa: Identity = {
  kind: 'rrsa',
  roleArn: demoNames.rrsaRoleArn,
  oidcProviderArn: demoNames.oidcProviderArn,
};

export const never = new AbortController().signal;
