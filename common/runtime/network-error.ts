/**
 * Why a request got no answer, in words. Only the error's code is used: its message and its other fields may quote what was sent
 * or received.
 */
export function describeNetworkError(thrown: unknown): string {
  const code = codeOf(thrown);
  return words[code] ?? (code === '' ? 'the connection failed' : `the connection failed (${code})`);
}

/** Whether something answered that does not speak HTTP. */
export function isProtocolError(thrown: unknown): boolean {
  const code = codeOf(thrown);
  if (thrown instanceof Error && thrown.name === 'HTTPParserError') return true;
  return (
    code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
  );
}

const words: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host (ENOTFOUND)',
  EAI_AGAIN: 'DNS does not answer (EAI_AGAIN)',
  ECONNREFUSED: 'connection refused (ECONNREFUSED)',
  ECONNRESET: 'connection reset (ECONNRESET)',
  EPIPE: 'connection reset (EPIPE)',
  UND_ERR_SOCKET: 'connection closed before the answer',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within the time-out',
  ETIMEDOUT: 'no connection within the time-out (ETIMEDOUT)',
  EHOSTUNREACH: 'no route to the host (EHOSTUNREACH)',
  ENETUNREACH: 'no route to the network (ENETUNREACH)',
  SELF_SIGNED_CERT_IN_CHAIN: 'the TLS certificate is not trusted (SELF_SIGNED_CERT_IN_CHAIN)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the TLS certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the TLS certificate is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the TLS certificate is for another host (ERR_TLS_CERT_ALTNAME_INVALID)',
  CERT_HAS_EXPIRED: 'the TLS certificate has expired (CERT_HAS_EXPIRED)',
};

function codeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return '';
  return typeof thrown.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(thrown.code) ? thrown.code : '';
}
