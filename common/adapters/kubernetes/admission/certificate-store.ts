import * as z from 'zod';
import { readCertificate } from '../../../domain/admission/read-certificate.ts';
import { certificateSecretName, type CertificateState } from '../../../domain/admission/serving-certificate.ts';
import { Failure } from '../../../domain/failure.ts';
import type { CertificateStore } from '../../../ports.ts';
import { asObject } from '../kubernetes-object.ts';
import { fieldManager, managedByLabel, managedByValue } from '../object-names.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { accepts, secretPath } from '../requests/api-paths.ts';

/** The port `CertificateStore` on a Secret of type `kubernetes.io/tls`. Throws `Failure`. */
export function createCertificateStore(client: Pick<ApiClient, 'request'>, namespace: string): CertificateStore {
  const request = {
    resource: 'secrets',
    object: `${namespace}/${certificateSecretName}`,
    path: secretPath(namespace, certificateSecretName),
  } as const;
  return {
    async read() {
      try {
        const answer = await client.request({ ...request, verb: 'get', accept: accepts.full });
        const { metadata, data } = asObject(answer, 'the certificate of the webhook');
        return { state: parse(data ?? {}), version: { uid: metadata.uid, resourceVersion: metadata.resourceVersion } };
      } catch (error) {
        if (error instanceof Failure && error.code === 'kubernetes-not-found') return { state: undefined };
        throw error;
      }
    },
    async write(state, version) {
      const labels = { [managedByLabel]: managedByValue };
      await client.request({
        ...request,
        verb: 'apply',
        path: `${request.path}?fieldManager=${fieldManager}&force=true`,
        accept: accepts.metadata,
        contentType: 'application/apply-patch+yaml',
        body: JSON.stringify({
          apiVersion: 'v1',
          kind: 'Secret',
          type: 'kubernetes.io/tls',
          metadata: { name: certificateSecretName, labels, ...version },
          data: Object.fromEntries(Object.entries(render(state)).map(([key, text]) => [key, encode(text)])),
        }),
      });
    },
  };
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
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
