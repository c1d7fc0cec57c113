import { timingSafeEqual } from 'node:crypto';
import { failure } from './status-errors.ts';

/** Paths that anybody may ask for, as the real server's default roles allow. */
const publicPaths = new Set(['healthz', 'livez', 'readyz', 'version']);

/**
 * Lets a request in when it carries one of the tokens.
 * @param tokens the accepted bearer tokens; undefined lets everybody in
 * @throws StatusError 401 for a wrong token, 403 for none
 */
export function authenticate(
  tokens: readonly string[] | undefined,
  authorization: string | undefined,
  firstStep: string,
): void {
  if (tokens === undefined) return;
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (token !== undefined) {
    if (tokens.some((known) => same(known, token))) return;
    throw failure(401, 'Unauthorized', 'Unauthorized');
  }
  if (publicPaths.has(firstStep)) return;
  throw failure(403, 'Forbidden', 'forbidden: User "system:anonymous" cannot use this path; send a bearer token', {});
}

function same(known: string, given: string): boolean {
  const [left, right] = [Buffer.from(known), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}
