import type { SecretText } from '../../../domain/secret-text.ts';
import type { SessionProvider } from '../session.ts';

/** A RAM user's key pair as it stands in the configuration. */
export function provideAccessKey(accessKeyId: string, accessKeySecret: SecretText): SessionProvider {
  return async () => ({ accessKeyId, accessKeySecret });
}
