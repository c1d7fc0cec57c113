import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import { SecretText } from '../../domain/secret-text.ts';
import type { CertificateFolder } from '../../ports.ts';

/** The port `CertificateFolder`: files as cert-manager and `kubectl create secret tls` lay them out. */
export function createCertificateFolder(folder: string): CertificateFolder {
  return {
    async read() {
      const [certificate, key, authority] = await Promise.all([
        readText(join(folder, 'tls.crt')),
        readText(join(folder, 'tls.key')),
        readText(join(folder, 'ca.crt')).catch(() => undefined),
      ]);
      return { certificate, key: new SecretText(key), authority };
    },
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'unknown';
    throw new Failure('webhook-certificate-invalid', `${path} cannot be read: ${problem}`, { cause: error });
  }
}
