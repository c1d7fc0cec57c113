// tsyringe, which the certificate library is built on, wants this first.
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { KeyObject, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { certificateDays, type ServingCertificate } from '../../domain/admission/serving-certificate.ts';
import { SecretText } from '../../domain/secret-text.ts';

/**
 * A new authority and a certificate that it signed, for these DNS names and IP addresses. The authority signs nothing else: its key is
 * forgotten here. Source: RFC 5280; ECDSA on P-256.
 */
export async function issueCertificate(hosts: readonly string[], now: number): Promise<ServingCertificate> {
  const [authorityKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  // An API server whose clock is behind ours must not take it for one from the future.
  const issuedAt = now - hourMilliseconds;
  const expiresAt = now + certificateDays * 24 * hourMilliseconds;
  const validity = { notBefore: new Date(issuedAt), notAfter: new Date(expiresAt), signingAlgorithm: algorithm };
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serialNumber(),
    name: `CN=acr-credential-helper webhook authority ${randomBytes(4).toString('hex')}`,
    keys: authorityKeys,
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
  });
  const certificate = await X509CertificateGenerator.create({
    ...validity,
    serialNumber: serialNumber(),
    subject: 'CN=acr-credential-helper webhook',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
    ],
  });
  return {
    certificate: pem(certificate.toString('pem')),
    key: new SecretText(String(KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }))),
    authority: pem(authority.toString('pem')),
    issuedAt,
    expiresAt,
    hosts,
  };
}

const hourMilliseconds = 3_600_000;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

function newKeys() {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** Positive, and in its shortest form. */
function serialNumber(): string {
  return `4a${randomBytes(15).toString('hex')}`;
}

/** Texts of several certificates are joined. */
function pem(text: string): string {
  return `${text.trim()}\n`;
}
