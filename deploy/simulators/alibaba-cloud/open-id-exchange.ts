import { isoSeconds } from './clock.ts';
import { cloudError, serviceError, type CloudError } from './cloud-error.ts';
import { isSignedByOneOf, readJwt, type JsonObject } from './json-web-token.ts';
import type { CloudWorld, OpenIdProvider } from './world.ts';

/** What an OIDC token says, once it is believed. */
export type OpenIdClaims = {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** ms since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
};

/**
 * Believes an OIDC token or throws `AuthenticationFail.OIDCToken.*`. Source: STS documentation, error codes of
 * AssumeRoleWithOIDC. Order: shape, issuer, signature, expiry, audience.
 */
export function verifyOpenIdToken(token: string, provider: OpenIdProvider, now: number): OpenIdClaims {
  if (token.length < 4 || token.length > 20_000) {
    throw cloudError('InvalidParameter.OIDCToken', 'The OIDCToken must have 4 to 20000 characters.');
  }
  const read = readJwt(token);
  const claims = read === undefined ? undefined : readClaims(read.claims);
  if (read === undefined || claims === undefined) throw refused('Invalid', 'The OIDC token is not a valid JWT.');
  if (claims.issuer !== provider.issuer) {
    throw refused('IssuerNotMatch', 'The issuer in the OIDC token does not match the issuer of the OIDC provider.');
  }
  if (!isSignedByOneOf(read, provider.keys)) throw refused('Invalid', 'The signature of the OIDC token is invalid.');
  if (claims.expiresAt <= now) throw refused('Expired', 'This JWT has expired and cannot be consumed.');
  if (!claims.audiences.some((audience) => provider.audiences.includes(audience))) {
    throw refused('AudienceNotMatch', 'The audience in the OIDC token does not match the client ids of the provider.');
  }
  return claims;
}

/** The provider with that ARN. Throws `EntityNotExist.OIDCProvider`. */
export function requireOpenIdProvider(world: CloudWorld, arn: string): OpenIdProvider {
  const provider = world.openIdProviders.find((candidate) => candidate.arn === arn);
  if (provider === undefined) {
    throw serviceError('EntityNotExist.OIDCProvider', `The OIDC provider does not exist: ${arn}.`, 404);
  }
  return provider;
}

/** The `OIDCTokenInfo` object of the answer. */
export function openIdTokenInfo(claims: OpenIdClaims): Record<string, string> {
  return {
    Subject: claims.subject,
    Issuer: claims.issuer,
    ClientIds: claims.audiences.join(','),
    IssuanceTime: isoSeconds(claims.issuedAt),
    ExpirationTime: isoSeconds(claims.expiresAt),
    VerificationInfo: 'Success',
  };
}

function refused(reason: string, message: string): CloudError {
  return cloudError(`AuthenticationFail.OIDCToken.${reason}`, message);
}

function readClaims(claims: JsonObject): OpenIdClaims | undefined {
  const { iss, sub, aud, exp, iat } = claims;
  const audiences = (Array.isArray(aud) ? aud : [aud]).filter((audience) => typeof audience === 'string');
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof exp !== 'number') return undefined;
  return {
    issuer: iss,
    subject: sub,
    audiences,
    issuedAt: (typeof iat === 'number' ? iat : 0) * 1000,
    expiresAt: exp * 1000,
  };
}
