import { createHash } from 'node:crypto';

/** `name`, `name-1`, `name-2`…: the second credential for a host needs a second Secret. */
export function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}-${index}`;
}

/**
 * The Secret of one registry host in `secret-naming: per-domain`: what releases of the original component before 2024 call it, so
 * that pod specs that name it go on working.
 */
export function domainSecretName(host: string): string {
  return `acr-credential-${createHash('md5').update(host).digest('hex')}`;
}

/** Whether it is `name` with a number behind it. */
export function isNumbered(candidate: string, name: string): boolean {
  return candidate.startsWith(`${name}-`) && /^\d+$/.test(candidate.slice(name.length + 1));
}
