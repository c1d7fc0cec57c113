import { createHash, createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';

import { parameter, type CloudRequest } from './cloud-request.ts';
import type { SimulatorClock } from './clock.ts';
import { signJwt } from './json-web-token.ts';
import { personalEditionDomains } from './personal-edition.ts';
import { certificateBase64, selfSignedCertificate } from './self-signed-certificate.ts';
import { jsonReply, type ServiceReply } from './service-reply.ts';
import { temporaryUserName, type RegistryToken, type RegistryTokens } from './tokens.ts';
import type { CloudWorld, WorldHolder } from './world.ts';

/** `auth.token.issuer` of a registry that trusts this endpoint. */
export const registryTokenIssuer = 'alibaba-cloud-simulator';

/** The token server of a registry (`auth.token.realm`). Source: distribution's "Token Authentication Specification". */
export type RegistryTokenEndpoint = {
  handle(request: CloudRequest): ServiceReply;
  /** `auth.token.rootcertbundle` of the registry. */
  readonly certificatePem: string;
};

export type RegistryTokenEndpointParts = {
  readonly world: WorldHolder;
  readonly clock: SimulatorClock;
  readonly tokens: RegistryTokens;
  /** The registry's clock, ms since the epoch: a real registry does not follow the simulator's turned clock. */
  readonly registryNow: () => number;
};

/** A token server with a new key. */
export function createRegistryTokenEndpoint(parts: RegistryTokenEndpointParts): RegistryTokenEndpoint {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const notBefore = parts.registryNow() - 24 * 3600 * 1000;
  const certificatePem = selfSignedCertificate(privateKey, registryTokenIssuer, notBefore);
  const header = { kid: libtrustKeyId(privateKey), x5c: [certificateBase64(certificatePem)] };
  return {
    certificatePem,
    handle: (request) => {
      const service = parameter(request, 'service') ?? '';
      const login = readLogin(request);
      const token = login?.username === temporaryUserName ? parts.tokens.find(login.password) : undefined;
      if (token === undefined || token.expiresAt <= parts.clock.now())
        return unauthorized('unknown or expired password');
      if (!isServiceOf(parts.world.current, token, service))
        return unauthorized('the password is for another registry');
      const claims = accessClaims(token, service, scopesOf(request), parts.registryNow());
      const jwt = signJwt(privateKey, 'ES256', header, claims);
      return jsonReply({
        token: jwt,
        access_token: jwt,
        expires_in: bearerSeconds,
        issued_at: new Date(parts.registryNow()).toISOString(),
      });
    },
  };
}

/** Docker clients take 60 s as the shortest life. */
const bearerSeconds = 60;

type Login = { readonly username: string; readonly password: string };

/** Basic authentication (GET, as Docker and crane do), or the form of the OAuth2 variant (POST, as containerd does). */
function readLogin(request: CloudRequest): Login | undefined {
  const username = request.form.find(([name]) => name === 'username')?.[1];
  const password = request.form.find(([name]) => name === 'password')?.[1];
  if (username !== undefined && password !== undefined) return { username, password };
  const [, encoded] = /^Basic (.+)$/i.exec(request.headers['authorization'] ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** A registry calls itself by the instance's id or by one of its hosts. */
function isServiceOf(world: CloudWorld, { subject }: RegistryToken, service: string): boolean {
  if (subject.kind === 'instance') {
    const instance = world.instances.find(({ id }) => id === subject.instanceId);
    const domains = instance?.endpoints.flatMap((endpoint) => endpoint.domains.map(({ domain }) => domain)) ?? [];
    return [subject.instanceId, ...domains].includes(service);
  }
  const edition = world.personalEditions.find(
    ({ accountId, regionId }) => accountId === subject.accountId && regionId === subject.regionId,
  );
  return [...personalEditionDomains(subject.regionId), ...(edition?.additionalDomains ?? [])].includes(service);
}

/** `scope` may stand several times, and hold several separated by spaces. */
function scopesOf(request: CloudRequest): readonly string[] {
  return [...request.query, ...request.form]
    .filter(([name]) => name === 'scope')
    .flatMap(([, value]) => value.split(' '))
    .filter((scope) => scope !== '')
    .slice(0, 50);
}

function accessClaims(token: RegistryToken, service: string, scopes: readonly string[], now: number) {
  const seconds = Math.floor(now / 1000);
  return {
    iss: registryTokenIssuer,
    sub: temporaryUserName,
    aud: service,
    iat: seconds,
    nbf: seconds - 10,
    exp: seconds + bearerSeconds,
    jti: randomUUID(),
    access: scopes.flatMap((scope) => grantedAccess(token, scope)),
  };
}

/** `repository:team/app:pull,push` → what of it the token's holder may do. */
function grantedAccess(token: RegistryToken, scope: string) {
  const [, type, name, actions] = /^([a-z]+):(.+):([a-z,*]+)$/.exec(scope) ?? [];
  if (type !== 'repository' || name === undefined || actions === undefined) return [];
  const granted = actions.split(',').filter((action) => token.access.some((access) => access === action));
  return [{ type, name, actions: granted }];
}

function unauthorized(reason: string): ServiceReply {
  const body = { errors: [{ code: 'UNAUTHORIZED', message: `authentication required: ${reason}`, detail: null }] };
  const reply = jsonReply(body, 401, 'UNAUTHORIZED');
  return { ...reply, headers: { 'www-authenticate': 'Basic realm="registry token"' } };
}

/** libtrust's fingerprint of a key, the `kid` that distribution 2.x knows: base32 of 240 bits of SHA-256, in groups of four. */
function libtrustKeyId(privateKey: KeyObject): string {
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const bits = [...createHash('sha256').update(der).digest().subarray(0, 30)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = (bits.match(/.{5}/g) ?? []).map((five) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(parseInt(five, 2)),
  );
  return (letters.join('').match(/.{4}/g) ?? []).join(':');
}
