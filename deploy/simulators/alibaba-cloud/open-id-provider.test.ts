import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';

import { isSignedByOneOf, readJwt } from './json-web-token.ts';
import { createServiceAccountIssuer, publicKeyFromPem } from './open-id-provider.ts';

const issuer = createServiceAccountIssuer('https://issuer.example.com');
const token = readJwt(
  issuer.mintToken({
    namespace: 'shop',
    serviceAccount: 'default',
    audience: 'sts.aliyuncs.com',
    issuedAt: Date.UTC(2026, 0, 2),
    lifetimeSeconds: 600,
  }),
);
assert.ok(token !== undefined);

describe('ServiceAccount issuer', () => {
  it('mints what a projected ServiceAccount token says', () => {
    const { iss, sub, aud, iat, exp } = token.claims;
    assert.deepEqual(
      [iss, sub, aud, iat, exp],
      [
        'https://issuer.example.com',
        'system:serviceaccount:shop:default',
        ['sts.aliyuncs.com'],
        Date.UTC(2026, 0, 2) / 1000,
        Date.UTC(2026, 0, 2) / 1000 + 600,
      ],
    );
  });

  it('signs so that its public key vouches for it', () => {
    assert.equal(isSignedByOneOf(token, [issuer.publicKey]), true);
  });

  it('is not vouched for by another issuer’s key', () => {
    const other = createServiceAccountIssuer('https://issuer.example.com');
    assert.equal(isSignedByOneOf(token, [other.publicKey]), false);
  });

  it('can be known by a PEM key that names no key id, as an API server’s key file holds it', () => {
    const pem = createPublicKey({ key: issuer.publicKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    assert.equal(isSignedByOneOf(token, [publicKeyFromPem(pem.toString())]), true);
  });
});
