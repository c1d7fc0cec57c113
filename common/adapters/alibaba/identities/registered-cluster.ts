import { toFailure } from '../../../domain/failure.ts';
import type { SecretReader } from '../../../ports/own-secrets.ts';
import type { Session } from '../session.ts';
import { readKeyPair } from './access-key-secret.ts';

/** Where ACK One keeps the key pair of a registered cluster. */
export const registeredClusterSecret = 'alibaba-addon-secret';

/**
 * The key pair of a registered (self-built) cluster, from Secret `alibaba-addon-secret`; `undefined` when there is none, or when the
 * helper has no right to read it, as in clusters of ACK. Source: ACK One documentation, "registered clusters". Throws `Failure`.
 */
export async function readRegisteredClusterKey(
  secrets: SecretReader,
  secretName: string,
): Promise<Session | undefined> {
  try {
    return await readKeyPair(secrets, secretName);
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.code === 'kubernetes-forbidden') return undefined;
    throw failure;
  }
}
