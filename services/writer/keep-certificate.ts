import {
  caBundle,
  planCertificate,
  type CertificateState,
  type CertificateStep,
} from '../../common/domain/admission/serving-certificate.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { CertificateFolder, CertificateIssuer, CertificateStore } from '../../common/ports/admission.ts';
import type { Clock } from '../../common/ports/clock.ts';

export type KeepCertificateTools = {
  readonly certificates: CertificateStore;
  /** Set: somebody else keeps the certificate there. */
  readonly certificateFolder: Pick<CertificateFolder, 'read'> | undefined;
  readonly issueCertificate: CertificateIssuer;
  /** DNS names and addresses by which the webhook is reached. */
  readonly hosts: readonly string[];
  /** PEM of the authority that the API server was told of before. Where the Secret was lost, replicas still serve by it. */
  readonly registeredAuthority: string | undefined;
  readonly clock: Clock;
  readonly report: Report;
};

export type KeptCertificate = {
  /** PEM of every authority to be trusted; absent where whoever keeps the certificate says it to the API server himself. */
  readonly caBundle: string | undefined;
  /** When something is to be done again, ms since the epoch. */
  readonly until: number;
};

/**
 * Sees to it that the webhook has a certificate that works, and changes it in time. Calls: get and apply (patch) of the Secret
 * `acr-credential-helper-webhook-certificate` in the namespace of the ConfigMap; none with `--webhook-cert-dir`. Throws `Failure`.
 */
export async function keepCertificate(tools: KeepCertificateTools): Promise<KeptCertificate> {
  const { certificates, certificateFolder, hosts, clock, report } = tools;
  if (certificateFolder !== undefined)
    return { caBundle: (await certificateFolder.read()).authority, until: Number.MAX_SAFE_INTEGER };
  for (let round = 1; round <= roundsMax; round++) {
    const { state, version } = await certificates.read();
    const step = planCertificate(state, hosts, clock());
    if (state !== undefined && step.action === 'keep') return { caBundle: caBundle(state), until: step.until };
    if (step.action === 'keep') break;
    const next = await take(step.action, state, tools);
    await certificates.write(next, version);
    const { expiresAt } = (step.action === 'stage' ? next.next?.certificate : undefined) ?? next.current;
    report({ kind: 'webhook-certificate-changed', action: step.action, expiresAt });
  }
  throw new Failure('kubernetes-conflict', 'the certificate of the webhook does not come to rest');
}

/** Made, and read again. */
const roundsMax = 3;

async function take(
  action: Exclude<CertificateStep['action'], 'keep'>,
  state: CertificateState | undefined,
  { issueCertificate, hosts, registeredAuthority, clock }: KeepCertificateTools,
): Promise<CertificateState> {
  if (state === undefined)
    return { current: await issueCertificate(hosts, clock()), previousAuthority: registeredAuthority };
  const { current, next, previousAuthority } = state;
  if (action === 'switch' && next !== undefined)
    return { current: next.certificate, previousAuthority: current.authority };
  const certificate = await issueCertificate(hosts, clock());
  return action === 'issue'
    ? { current: certificate, previousAuthority: current.authority }
    : { current, next: { certificate, stagedAt: clock() }, previousAuthority };
}
