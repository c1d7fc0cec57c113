import { Failure } from '../../../domain/failure.ts';
import { SecretText } from '../../../domain/secret-text.ts';
import type { SecretReader } from '../../../ports/own-secrets.ts';
import type { Session, SessionProvider } from '../session.ts';

/**
 * A RAM user's key pair from a Secret in the helper's namespace, read anew each time, so that a rotated key is in use at the next
 * fetch. Throws `Failure` `access-key-secret-missing`.
 */
export function provideAccessKeySecret(secrets: SecretReader, secretName: string): SessionProvider {
  return async () => {
    const session = await readKeyPair(secrets, secretName);
    if (session !== undefined) return session;
    throw new Failure('access-key-secret-missing', `there is no Secret ${secretName} in the helper’s namespace`);
  };
}

/** The key pair in a Secret; `undefined` when there is no such Secret. Throws `Failure` when a key is missing or empty. */
export async function readKeyPair(secrets: SecretReader, secretName: string): Promise<Session | undefined> {
  const values = await secrets.readSecret(secretName);
  if (values === undefined) return undefined;
  // Trimmed: `echo KEY | base64` leaves a newline that no key has.
  const accessKeyId = values.get('access-key-id')?.reveal().trim() ?? '';
  const accessKeySecret = values.get('access-key-secret')?.reveal().trim() ?? '';
  const missing = [
    ...(accessKeyId === '' ? ['access-key-id'] : []),
    ...(accessKeySecret === '' ? ['access-key-secret'] : []),
  ];
  if (missing.length > 0) {
    throw new Failure('access-key-secret-missing', `Secret ${secretName} has no ${missing.join(' and no ')}`);
  }
  return { accessKeyId, accessKeySecret: new SecretText(accessKeySecret) };
}
