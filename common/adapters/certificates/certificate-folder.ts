import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import { SecretText } from '../../domain/secret-text.ts';
import type { CertificateFolder } from '../../ports/admission.ts';

/** The port `CertificateFolder`: files as cert-manager and `kubectl create secret tls` lay them out. */
export function createCertificateFolder(folder: string): CertificateFolder {
  return {
    async read() {
      const needed = [readFileOf('tls.crt'), readFileOf('tls.key')] as const;
      const authority = readFileOf('ca.crt').catch(() => undefined);
      const problems = (await Promise.allSettled(needed)).filter((read) => read.status === 'rejected');
      if (problems.length > 0) throw unreadable(problems.map(({ reason }) => reason as Error));
      const [certificate, key] = await Promise.all(needed);
      return { certificate, key: new SecretText(key), authority: await authority };
    },
  };

  function readFileOf(name: string): Promise<string> {
    return readFile(join(folder, name), 'utf8');
  }

  /** Names every file that is wanting, not the one that was looked at first. */
  function unreadable(errors: readonly Error[]): Failure {
    const problems = errors.map(({ message }) => message).join('; ');
    return new Failure('webhook-certificate-invalid', `${folder} cannot be read: ${problems}`);
  }
}
