import { createPublicKey, generateKeyPairSync, randomUUID, type JsonWebKey, type KeyObject } from 'node:crypto';

import { signJwt } from './json-web-token.ts';

/** A cluster's issuer of ServiceAccount tokens, for tests and demos that have no API server to issue real ones. */
export type ServiceAccountIssuer = {
  readonly issuer: string;
  /** What the world's `OpenIdProvider` needs in `keys`. */
  readonly publicKey: JsonWebKey;
  mintToken(token: ServiceAccountToken): string;
};

export type ServiceAccountToken = {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audience: string;
  /** ms since the epoch. */
  readonly issuedAt: number;
  readonly lifetimeSeconds: number;
};

/** A new issuer with a key of its own (RSA 2048, RS256: what kube-apiserver uses by default). */
export function createServiceAccountIssuer(issuer: string): ServiceAccountIssuer {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyId = randomUUID();
  return {
    issuer,
    publicKey: publicJwk(privateKey, keyId),
    mintToken: (token) =>
      signJwt(
        privateKey,
        'RS256',
        { kid: keyId },
        {
          iss: issuer,
          sub: `system:serviceaccount:${token.namespace}:${token.serviceAccount}`,
          aud: [token.audience],
          iat: Math.floor(token.issuedAt / 1000),
          nbf: Math.floor(token.issuedAt / 1000),
          exp: Math.floor(token.issuedAt / 1000) + token.lifetimeSeconds,
          'kubernetes.io': {
            namespace: token.namespace,
            serviceaccount: { name: token.serviceAccount, uid: randomUUID() },
          },
        },
      ),
  };
}

/** The public half of a PEM key as the world's `OpenIdProvider` wants it: for tokens that a real API server signed. */
export function publicKeyFromPem(pem: string): JsonWebKey {
  return createPublicKey(pem).export({ format: 'jwk' });
}

function publicJwk(privateKey: KeyObject, keyId: string): JsonWebKey {
  return { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: keyId };
}
