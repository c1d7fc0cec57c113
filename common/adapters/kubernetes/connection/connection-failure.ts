import { Failure } from '../../../domain/failure.ts';

/** The failure that a broken or refused connection stands for; says the address and the reason in words. */
export function connectionFailure(address: string, thrown: unknown): Failure {
  const known = failureWithin(thrown);
  if (known !== undefined) return known;
  const code = codeOf(thrown);
  const reason = reasons[code] ?? messageOf(thrown);
  const hint = hints[code];
  return new Failure(
    'kubernetes-unreachable',
    `cannot reach the Kubernetes API server at ${address}: ${reason}${code === '' ? '' : ` (${code})`}`,
    { cause: thrown, ...(hint === undefined ? {} : { hint }) },
  );
}

/**
 * Whether the connection ended before an answer began, as it does when the server closed an idle connection at the moment
 * at which we used it. The request may or may not have been carried out.
 */
export function isCutBeforeAnswer(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name !== 'CutAnswer' && cutCodes.has(codeOf(thrown));
}

const cutCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Reading credentials for a new connection may have failed with a reason of its own. */
function failureWithin(thrown: unknown): Failure | undefined {
  if (thrown instanceof Failure) return thrown;
  return thrown instanceof Error && thrown.cause instanceof Failure ? thrown.cause : undefined;
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return '';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return thrown.cause instanceof Error ? codeOf(thrown.cause) : '';
}

function messageOf(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).split('\n', 1)[0] ?? '';
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'timed out',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within the time limit',
  UND_ERR_HEADERS_TIMEOUT: 'no answer within the time limit',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped half-way',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by the expected authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by the expected authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by the expected authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not signed by the expected authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

const authorityHint = 'check certificate-authority of the cluster in the kubeconfig';
const tlsHint = 'the server of the kubeconfig says https: is it an http address?';

const hints: Readonly<Record<string, string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: tlsHint,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: tlsHint,
  DEPTH_ZERO_SELF_SIGNED_CERT: authorityHint,
  SELF_SIGNED_CERT_IN_CHAIN: authorityHint,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: authorityHint,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: authorityHint,
  ERR_TLS_CERT_ALTNAME_INVALID: 'check server and tls-server-name of the cluster in the kubeconfig',
  CERT_HAS_EXPIRED: 'renew the certificate of the API server, and check the clock of this machine',
};
