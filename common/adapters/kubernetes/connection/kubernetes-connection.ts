import type { ConnectionOptions } from 'node:tls';

/** Where the API server is and how we prove who we are. */
export type KubernetesConnection = {
  /** Without a trailing slash; may have a path. */
  readonly baseUrl: string;
  /** For logs: `kubeconfig /root/.kube/config, context dev`, or `ServiceAccount of the pod`. */
  readonly origin: string;
  /** What the next TLS connection uses: the same value for as long as nothing changed. Throws `Failure`. */
  tls(): Promise<ConnectionTls>;
  /** Headers of the next request: the same value for as long as nothing changed. Throws `Failure`. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Says that the server answered 401: tokens are read or fetched anew by the next `headers()`. */
  refused(): void;
};

export type ConnectionTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
