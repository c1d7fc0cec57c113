import type { SecretText } from '../secret-text.ts';

/** A certificate of the webhook, its key and the authority that signed it, all PEM. The authority's key is kept nowhere. */
export type ServingCertificate = {
  readonly certificate: string;
  readonly key: SecretText;
  readonly authority: string;
  /** Of the certificate, ms since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** DNS names and IP addresses that it is for. */
  readonly hosts: readonly string[];
};

/** What every replica of the webhook serves by, and what the API server is to trust. */
export type CertificateState = {
  readonly current: ServingCertificate;
  /** The next one: trusted already, not served yet. */
  readonly next?: { readonly certificate: ServingCertificate; readonly stagedAt: number } | undefined;
  /** Of the certificate before: a replica may still serve it. */
  readonly previousAuthority?: string | undefined;
};

/**
 * `issue`: at once, because there is nothing that works. `stage`: make the next one and have its authority trusted. `switch`:
 * serve the next one, which every API server trusts by now. `keep`: nothing until then, ms since the epoch.
 */
export type CertificateStep =
  { readonly action: 'issue' | 'stage' | 'switch' } | { readonly action: 'keep'; readonly until: number };

/** The Secret that all replicas of the webhook serve by, in the helper's namespace. */
export const certificateSecretName = 'acr-credential-helper-webhook-certificate';

/** Days that a certificate is valid. */
export const certificateDays = 90;

/** A change of certificate drops no request: trusted first, served a minute later, the old one trusted until the change after. Pure. */
export function planCertificate(
  state: CertificateState | undefined,
  hosts: readonly string[],
  now: number,
): CertificateStep {
  if (state === undefined) return { action: 'issue' };
  const { current, next } = state;
  if (current.expiresAt <= now || !covers(current, hosts)) return { action: 'issue' };
  if (next !== undefined) {
    const at = next.stagedAt + trustSeconds * 1000;
    if (!covers(next.certificate, hosts)) return { action: 'stage' };
    return at <= now ? { action: 'switch' } : { action: 'keep', until: at };
  }
  const renewAt = current.expiresAt - (current.expiresAt - current.issuedAt) / 3;
  return renewAt <= now ? { action: 'stage' } : { action: 'keep', until: renewAt };
}

/** PEM of every authority that is to be trusted. */
export function caBundle({ current, next, previousAuthority }: CertificateState): string {
  const authorities = [current.authority, next?.certificate.authority, previousAuthority];
  return [...new Set(authorities.filter((authority) => authority !== undefined))].join('');
}

/** How long API servers get to hear of a new authority. */
const trustSeconds = 60;

function covers({ hosts }: ServingCertificate, wanted: readonly string[]): boolean {
  return wanted.every((host) => hosts.includes(host));
}
