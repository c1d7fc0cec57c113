import { createPrivateKey, X509Certificate } from 'node:crypto';
import { SecretText } from '../secret-text.ts';
import type { ServingCertificate } from './serving-certificate.ts';

/** The three PEM texts of a certificate, as they are kept. */
export type CertificateTexts = { readonly certificate: string; readonly key: string; readonly authority: string };

/** What the texts say; `undefined` for what is no certificate, or not one of that authority and key. */
export function readCertificate({ certificate, key, authority }: CertificateTexts): ServingCertificate | undefined {
  try {
    const leaf = new X509Certificate(certificate);
    if (!leaf.verify(new X509Certificate(authority).publicKey)) return undefined;
    if (!leaf.checkPrivateKey(createPrivateKey(key))) return undefined;
    return {
      certificate,
      key: new SecretText(key),
      authority,
      issuedAt: Date.parse(leaf.validFrom),
      expiresAt: Date.parse(leaf.validTo),
      hosts: hostsOf(leaf.subjectAltName ?? ''),
    };
  } catch {
    return undefined;
  }
}

/** `DNS:a.example, IP Address:127.0.0.1` */
function hostsOf(names: string): readonly string[] {
  return names.split(', ').map((name) => name.slice(name.indexOf(':') + 1));
}
