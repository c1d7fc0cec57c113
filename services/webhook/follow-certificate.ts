import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, toFailure } from '../../common/domain/failure.ts';
import type { CertificateFolder, CertificateStore } from '../../common/ports/admission.ts';
import type { ClusterWatcher } from '../../common/ports/cluster-watcher.ts';
import { persistently } from '../../common/runtime/persistently.ts';
import type { ServedCertificate } from './review-server.ts';

export type FollowCertificateTools = {
  readonly folder: Pick<CertificateFolder, 'read'> | undefined;
  readonly store: Pick<CertificateStore, 'read'>;
  readonly cluster: Pick<ClusterWatcher, 'watchSecretVersion'>;
  readonly ownNamespace: string;
  readonly secretName: string;
  readonly signal: AbortSignal;
  /** How long one that still works is served on after another has taken its place in the Secret: until the other is trusted. */
  readonly patienceSeconds: number;
  /** How often the folder is looked at. */
  readonly folderSeconds: number;
  /** Another certificate cannot be had, or used, while one is served: that one goes on. */
  readonly failed: (failure: Failure, retryInSeconds: number) => void;
  readonly use: (certificate: Followed) => Promise<void>;
};

type Followed = ServedCertificate & { readonly expiresAt: number };

/**
 * Hands over the certificate, and each that takes its place, until the signal is aborted. Throws `Failure` while there is none yet;
 * afterwards nothing that is wrong with another one ends it.
 */
export async function followCertificate(tools: FollowCertificateTools): Promise<void> {
  const { folder, store, cluster, ownNamespace, secretName, signal, patienceSeconds, failed, use } = tools;
  if (folder !== undefined) return followFolder(folder, tools);
  let used: Followed | undefined;
  for await (const event of cluster.watchSecretVersion(ownNamespace, secretName, signal)) {
    if (event.type === 'listed' || event.items.at(-1)?.resourceVersion === undefined) continue;
    const read = () => persistently(() => store.read(), { signal, onFailure: failed });
    let next = (await read()).state?.current;
    // Without its Secret, too, one is served on.
    if (next === undefined || next.certificate === used?.certificate) continue;
    if (used !== undefined && used.expiresAt > Date.now()) {
      await sleep(patienceSeconds * 1000, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      next = (await read()).state?.current ?? next;
    }
    await use(next);
    used = next;
  }
}

/** Files of a mounted Secret change some time after the Secret does; nobody tells. */
async function followFolder(
  folder: Pick<CertificateFolder, 'read'>,
  { signal, folderSeconds, failed, use }: FollowCertificateTools,
): Promise<void> {
  let used: string | undefined;
  while (!signal.aborted) {
    try {
      const { certificate, key } = await folder.read();
      if (certificate !== used) await use({ certificate, key, expiresAt: expiryOf(certificate) });
      used = certificate;
    } catch (error) {
      if (used === undefined) throw error;
      failed(toFailure(error), folderSeconds);
    }
    await sleep(folderSeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

function expiryOf(certificate: string): number {
  try {
    return Date.parse(new X509Certificate(certificate).validTo);
  } catch (error) {
    throw new Failure('webhook-certificate-invalid', 'tls.crt is not a certificate in PEM', { cause: error });
  }
}
