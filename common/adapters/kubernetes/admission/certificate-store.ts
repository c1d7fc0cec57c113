import * as z from 'zod';
import { readCertificate } from '../../../domain/admission/read-certificate.ts';
import { certificateSecretName, type CertificateState } from '../../../domain/admission/serving-certificate.ts';
import type { CertificateStore } from '../../../ports/admission.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { ownSecret } from '../writing/own-secret.ts';

/** The port `CertificateStore` on a Secret of type `kubernetes.io/tls`. Throws `Failure`. */
export function createCertificateStore(client: Pick<ApiClient, 'request'>, namespace: string): CertificateStore {
  const secret = ownSecret(client, namespace, certificateSecretName);
  return {
    async read() {
      const found = await secret.read('the certificate of the webhook');
      if (found === undefined) return { state: undefined };
      const { uid, resourceVersion } = found.metadata;
      return { state: parse(found.data ?? {}), version: { uid, resourceVersion } };
    },
    write: (state, version) => secret.apply({ type: 'kubernetes.io/tls', texts: render(state), version }),
  };
}

/** `next-*` and `previous-ca.crt` only during and after a change of certificate. */
function render({ current, next, previousAuthority }: CertificateState): Readonly<Record<string, string>> {
  return {
    'tls.crt': current.certificate,
    'tls.key': current.key.reveal(),
    'ca.crt': current.authority,
    ...(previousAuthority === undefined ? {} : { 'previous-ca.crt': previousAuthority }),
    ...(next === undefined
      ? {}
      : {
          'next-tls.crt': next.certificate.certificate,
          'next-tls.key': next.certificate.key.reveal(),
          'next-ca.crt': next.certificate.authority,
          'next-since': new Date(next.stagedAt).toISOString(),
        }),
  };
}

const text = z.string().transform((value) => Buffer.from(value, 'base64').toString('utf8'));

const shape = z.object({
  'tls.crt': text,
  'tls.key': text,
  'ca.crt': text,
  'previous-ca.crt': text.optional(),
  'next-tls.crt': text.optional(),
  'next-tls.key': text.optional(),
  'next-ca.crt': text.optional(),
  'next-since': text.optional(),
});

/** What cannot be read counts as absent: a new certificate is made. */
function parse(data: Readonly<Record<string, string>>): CertificateState | undefined {
  const { success, data: kept } = shape.safeParse(data);
  if (!success) return undefined;
  const current = readCertificate({ certificate: kept['tls.crt'], key: kept['tls.key'], authority: kept['ca.crt'] });
  if (current === undefined) return undefined;
  return { current, next: parseNext(kept), previousAuthority: kept['previous-ca.crt'] };
}

function parseNext(kept: z.output<typeof shape>): CertificateState['next'] {
  const certificate = readCertificate({
    certificate: kept['next-tls.crt'] ?? '',
    key: kept['next-tls.key'] ?? '',
    authority: kept['next-ca.crt'] ?? '',
  });
  const stagedAt = Date.parse(kept['next-since'] ?? '');
  return certificate === undefined || Number.isNaN(stagedAt) ? undefined : { certificate, stagedAt };
}
