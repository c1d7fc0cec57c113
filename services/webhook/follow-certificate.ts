import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../common/domain/failure.ts';
import type { CertificateFolder, CertificateStore, ClusterWatcher } from '../../common/ports.ts';
import type { ServedCertificate } from './review-server.ts';

export type FollowCertificateTools = {
  readonly folder: Pick<CertificateFolder, 'read'> | undefined;
  readonly store: Pick<CertificateStore, 'read'>;
  readonly cluster: Pick<ClusterWatcher, 'watchSecretVersion'>;
  readonly ownNamespace: string;
  readonly secretName: string;
  readonly signal: AbortSignal;
  readonly use: (certificate: ServedCertificate & { readonly expiresAt: number }) => Promise<void>;
};

/** Hands over the certificate, and each that takes its place, until the signal is aborted. Throws `Failure`. */
export async function followCertificate(tools: FollowCertificateTools): Promise<void> {
  const { folder, store, cluster, ownNamespace, secretName, signal, use } = tools;
  if (folder !== undefined) return followFolder(folder, signal, use);
  for await (const event of cluster.watchSecretVersion(ownNamespace, secretName, signal)) {
    if (event.type === 'listed' || event.items.at(-1)?.resourceVersion === undefined) continue;
    const { state } = await store.read();
    if (state !== undefined) await use(state.current);
  }
}

/** Files of a mounted Secret change some time after the Secret does; nobody tells. */
async function followFolder(
  folder: Pick<CertificateFolder, 'read'>,
  signal: AbortSignal,
  use: FollowCertificateTools['use'],
): Promise<void> {
  let used: string | undefined;
  while (!signal.aborted) {
    const { certificate, key } = await folder.read();
    if (certificate !== used) await use({ certificate, key, expiresAt: expiryOf(certificate) });
    used = certificate;
    await sleep(folderSeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

const folderSeconds = 10;

function expiryOf(certificate: string): number {
  try {
    return Date.parse(new X509Certificate(certificate).validTo);
  } catch (error) {
    throw new Failure('webhook-certificate-invalid', 'tls.crt is not a certificate in PEM', { cause: error });
  }
}
