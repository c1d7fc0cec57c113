import type { MirrorSource } from '../../common/domain/credentials/credential-source.ts';
import { neverExpires, type Credential } from '../../common/domain/credentials/credential.ts';
import { parseDockerConfig } from '../../common/domain/namespaces/docker-config.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { SecretReader } from '../../common/ports/own-secrets.ts';

/**
 * The docker config of another registry [P6]: the Secret's `.dockerconfigjson` as it is. Throws `mirror-secret-missing` or
 * `mirror-secret-invalid`. It is read again when the Secret changes.
 */
export async function readMirror(source: MirrorSource, secrets: SecretReader, now: number): Promise<Credential> {
  const values = await secrets.readSecret(source.secretName);
  if (values === undefined)
    throw new Failure('mirror-secret-missing', `pullSecretRef ${source.secretName}: there is no such Secret`);
  const dockerConfig = values.get('.dockerconfigjson');
  if (dockerConfig === undefined) {
    throw new Failure(
      'mirror-secret-invalid',
      `pullSecretRef ${source.secretName}: the Secret has no key .dockerconfigjson`,
    );
  }
  const logins = parseDockerConfig(dockerConfig);
  if (logins === undefined || logins.length === 0) {
    throw new Failure(
      'mirror-secret-invalid',
      `pullSecretRef ${source.secretName}: .dockerconfigjson is no docker config with "auths"`,
    );
  }
  return {
    sourceId: source.id,
    username: '',
    password: dockerConfig,
    discoveredDomains: logins.map(({ host }) => host),
    issuedAt: now,
    expiresAt: neverExpires,
  };
}
