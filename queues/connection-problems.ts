/**
 * Whether an error only says that a connection is gone: told once by the connection itself, and again by every command, queue and
 * worker that used it.
 *
 * "Missing key for job" is said of a job that ended already: its end was told twice, because the first answer was lost.
 */
export function isConnectionProblem(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return codes.has(code) || messages.test(error.message);
}

const codes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

const messages =
  /^Missing key for job|ECONN|Connection is closed|Connection in subscriber|Stream isn't writeable|max retries per request|Socket timeout|Command timed out|connect ETIMEDOUT|LOADING|All sentinels are unreachable|CLUSTERDOWN|Failed to refresh slots cache|Cluster isn't ready|None of startup nodes/i;
