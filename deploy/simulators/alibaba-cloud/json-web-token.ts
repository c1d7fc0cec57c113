import { createPublicKey, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto';

export type JwtAlgorithm = 'ES256' | 'RS256';

/** Any JSON object whose values have yet to be checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

export type ReadJwt = {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The bytes that were signed. */
  readonly signedText: string;
  readonly signature: Buffer;
};

/** A compact JSON Web Token (RFC 7519) signed with `key`. `header` is added to `alg` and `typ`. */
export function signJwt(key: KeyObject, algorithm: JwtAlgorithm, header: JsonObject, claims: JsonObject): string {
  const signedText = `${encodePart({ ...header, alg: algorithm, typ: 'JWT' })}.${encodePart(claims)}`;
  return `${signedText}.${sign('sha256', Buffer.from(signedText), joseKey(key, algorithm)).toString('base64url')}`;
}

/** Takes a token apart without believing it; `undefined` when it has not the shape of one. */
export function readJwt(token: string): ReadJwt | undefined {
  const [header, claims, signature, ...rest] = token.split('.');
  if (header === undefined || claims === undefined || signature === undefined || rest.length > 0) return undefined;
  const readHeader = decodePart(header);
  const readClaims = decodePart(claims);
  if (readHeader === undefined || readClaims === undefined) return undefined;
  return {
    header: readHeader,
    claims: readClaims,
    signedText: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** Whether one of `keys` made the signature; the header's `kid` picks the key where both name one. */
export function isSignedByOneOf(token: ReadJwt, keys: readonly JsonWebKey[]): boolean {
  const { alg, kid } = token.header;
  if (alg !== 'ES256' && alg !== 'RS256') return false;
  // A key from a PEM file has no id: it is tried whatever the token says.
  const candidates = keys.filter((key) => kid === undefined || key['kid'] === undefined || key['kid'] === kid);
  return candidates
    .filter((key) => key.kty === (alg === 'ES256' ? 'EC' : 'RSA'))
    .some((jwk) => {
      const key = createPublicKey({ key: jwk, format: 'jwk' });
      return verify('sha256', Buffer.from(token.signedText), joseKey(key, alg), token.signature);
    });
}

/** JOSE writes an ECDSA signature as r‖s, not as DER. */
function joseKey(
  key: KeyObject,
  algorithm: JwtAlgorithm,
): { readonly key: KeyObject; readonly dsaEncoding?: 'ieee-p1363' } {
  return algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : { key };
}

function encodePart(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decodePart(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
