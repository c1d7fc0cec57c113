import { randomBytes } from 'node:crypto';

import { createBoundedMap } from './bounded-map.ts';
import { isoSeconds, type SimulatorClock } from './clock.ts';
import type { CloudRequest } from './cloud-request.ts';
import { jsonReply, textReply, type ServiceReply } from './service-reply.ts';
import type { RoleSession, RoleSessions } from './sessions.ts';
import type { CloudWorld, RamRole, WorldHolder } from './world.ts';

/** The metadata service of one ECS instance (`http://100.100.100.200`). */
export type SimulatedMetadata = {
  handle(request: CloudRequest): ServiceReply;
};

/** What kind of metadata call a path is, for faults and the call log. */
export function metadataAction(path: string): string {
  if (path === tokenPath) return 'metadata.token';
  if (path.startsWith(credentialsPath)) {
    return path.length > credentialsPath.length ? 'metadata.credentials' : 'metadata.role-name';
  }
  return `metadata.${path.split('/').at(-1) ?? ''}`;
}

export type MetadataParts = {
  readonly world: WorldHolder;
  readonly clock: SimulatorClock;
  readonly sessions: RoleSessions;
};

const tokenPath = '/latest/api/token';
const credentialsPath = '/latest/meta-data/ram/security-credentials/';
const tokenHeader = 'x-aliyun-ecs-metadata-token';
const lifetimeHeader = 'x-aliyun-ecs-metadata-token-ttl-seconds';

/** A metadata service without sessions yet. It renews a session when less than half an hour or half its life is left. */
export function createMetadataService({ world, clock, sessions }: MetadataParts): SimulatedMetadata {
  const tokens = createBoundedMap<{ readonly expiresAt: number }>(10_000);
  const current = createBoundedMap<RoleSession>(100);

  const issueToken = (request: CloudRequest): ServiceReply => {
    const lifetime = request.headers[lifetimeHeader] ?? '';
    const seconds = Number(lifetime);
    if (!/^\d{1,5}$/.test(lifetime) || seconds < 1 || seconds > 21_600) {
      return refused(400, `${lifetimeHeader} must be 1 to 21600.`);
    }
    const token = randomBytes(40).toString('base64url');
    tokens.set(token, { expiresAt: clock.now() + seconds * 1000 });
    return textReply(token);
  };

  const sessionOf = (role: RamRole, seconds: number): RoleSession => {
    const held = current.get(role.arn);
    const renewBeforeSeconds = Math.min(1800, seconds / 2);
    if (held !== undefined && held.expiresAt - clock.now() > renewBeforeSeconds * 1000) return held;
    const session = sessions.open(role, world.current.cluster.instanceId, seconds);
    current.set(role.arn, session);
    return session;
  };

  const read = (path: string): ServiceReply => {
    const { cluster } = world.current;
    if (path === credentialsPath)
      return cluster.metadata.roleName === undefined ? notFound() : textReply(cluster.metadata.roleName);
    if (path.startsWith(credentialsPath)) {
      const role = attachedRole(world.current, path.slice(credentialsPath.length));
      return role === undefined ? notFound() : credentials(sessionOf(role, cluster.metadata.sessionSeconds));
    }
    return plainValues(world.current)[path] ?? notFound();
  };

  return {
    handle: (request) => {
      const { mode } = world.current.cluster.metadata;
      if (mode === 'absent') return notFound();
      if (request.path === tokenPath) {
        if (mode === 'v1-only') return notFound();
        return request.method === 'PUT' ? issueToken(request) : refused(405, 'Only PUT is allowed here.');
      }
      if (request.method !== 'GET') return refused(405, 'Only GET is allowed here.');
      const token = request.headers[tokenHeader];
      if (token === undefined)
        return mode === 'v2-only' ? refused(403, 'A metadata token is needed.') : read(request.path);
      const isValid = mode === 'v1-only' || (tokens.get(token)?.expiresAt ?? 0) > clock.now();
      return isValid ? read(request.path) : refused(401, 'The metadata token is unknown or expired.');
    },
  };
}

/** The instance's role when it is the one asked for and ECS may take it on. */
function attachedRole(world: CloudWorld, name: string): RamRole | undefined {
  const { accountId, metadata } = world.cluster;
  if (metadata.roleName !== name) return undefined;
  const arn = `acs:ram::${accountId}:role/${name}`.toLowerCase();
  return world.roles.find(
    (role) =>
      role.arn.toLowerCase() === arn &&
      role.trust.some((trust) => trust.kind === 'service' && trust.name === 'ecs.aliyuncs.com'),
  );
}

function credentials(session: RoleSession): ServiceReply {
  return jsonReply({
    AccessKeyId: session.accessKeyId,
    AccessKeySecret: session.accessKeySecret,
    Expiration: isoSeconds(session.expiresAt),
    SecurityToken: session.securityToken,
    LastUpdated: isoSeconds(session.issuedAt),
    Code: 'Success',
  });
}

function plainValues({ cluster }: CloudWorld): Record<string, ServiceReply> {
  return {
    '/latest/meta-data/region-id': textReply(cluster.regionId),
    '/latest/meta-data/zone-id': textReply(cluster.zoneId),
    '/latest/meta-data/network-type': textReply('vpc'),
    '/latest/meta-data/vpc-id': textReply(cluster.vpcId),
    '/latest/meta-data/instance-id': textReply(cluster.instanceId),
    '/latest/meta-data/owner-account-id': textReply(cluster.accountId),
    '/latest/dynamic/instance-identity/document': jsonReply({
      'owner-account-id': cluster.accountId,
      'instance-id': cluster.instanceId,
      'region-id': cluster.regionId,
      'zone-id': cluster.zoneId,
    }),
  };
}

function notFound(): ServiceReply {
  return refused(404, 'Not Found');
}

function refused(status: number, message: string): ServiceReply {
  return textReply(`<html><body><h1>${status} ${message}</h1></body></html>\n`, status, String(status), 'text/html');
}
