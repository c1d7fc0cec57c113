import { X509Certificate } from 'node:crypto';

import { Failure } from '../../../domain/failure.ts';

/**
 * PEM text with at least one certificate, unchanged. Throws `kubeconfig-invalid` otherwise: Node would ignore text that is
 * no certificate and every connection would fail later with an error that does not name the file.
 */
export function checkedAuthority(text: string, where: string, hint?: string): string {
  try {
    // The constructor reads the first certificate of the text.
    if (new X509Certificate(text).raw.length > 0) return text;
  } catch {
    // Said below.
  }
  throw new Failure(
    'kubeconfig-invalid',
    `${where} does not hold a PEM certificate`,
    hint === undefined ? {} : { hint },
  );
}
