import type {
  AdmissionCapabilities,
  AdmissionObject,
  AdmissionObjectName,
} from '../domain/admission/admission-objects.ts';
import type { CertificateState, ServingCertificate } from '../domain/admission/serving-certificate.ts';
import type { ObjectVersion } from './cluster-writer.ts';

/** What the API server is told about admission, as far as it is ours. Every method throws `Failure`. */
export type AdmissionRegistry = {
  capabilities(): Promise<AdmissionCapabilities>;
  /** The whole object as the API server has it; absent when there is none. Only of kinds that it serves. */
  read(object: AdmissionObjectName): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Creates it or makes it hold this content; `kubernetes-invalid` when the API server refuses the content. */
  apply(object: AdmissionObject): Promise<void>;
  /** Gone already is as good. */
  remove(object: AdmissionObjectName): Promise<void>;
};

/** Where the certificate of the webhook is kept, with its key. Throws `Failure`. */
export type CertificateStore = {
  /** `state` absent: there is none, or none that can be read. */
  read(): Promise<{ readonly state: CertificateState | undefined; readonly version?: ObjectVersion | undefined }>;
  /** `kubernetes-conflict` when it is not the version that was read. */
  write(state: CertificateState, version?: ObjectVersion): Promise<void>;
};

/** A certificate that somebody else keeps in files. Throws `webhook-certificate-invalid`. */
export type CertificateFolder = {
  /** PEM; `authority` absent where the folder has none. */
  read(): Promise<Pick<ServingCertificate, 'certificate' | 'key'> & { readonly authority: string | undefined }>;
};

/** Makes a certificate for DNS names and IP addresses, and an authority of its own. `now`: ms since the epoch. */
export type CertificateIssuer = (hosts: readonly string[], now: number) => Promise<ServingCertificate>;

/** Resolves when the webhook at this URL answers under one of these authorities (PEM). Throws `webhook-unreachable`. */
export type WebhookProbe = (baseUrl: string, caBundle?: string) => Promise<void>;
