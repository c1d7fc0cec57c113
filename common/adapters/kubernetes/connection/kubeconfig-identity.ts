import type { ConnectionTls } from './kubernetes-connection.ts';

/** What proves to the API server who we are. */
export type KubeconfigUser = {
  clientCertificate(): Promise<ClientCertificate>;
  headers(): Promise<Readonly<Record<string, string>>>;
  refused(): void;
};

export type ClientCertificate = Pick<ConnectionTls, 'cert' | 'key'>;
