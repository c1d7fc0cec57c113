import { SecretText } from './secret-text.ts';

/** One registry host of a docker config. */
export type DockerConfigEntry = {
  /** `host` or `host:port`. */
  readonly host: string;
  readonly username: string;
  readonly password: SecretText;
  readonly email?: string | undefined;
};

/**
 * The text of `.dockerconfigjson`. Hosts are sorted, so that the same entries give the same bytes.
 * Source: Kubernetes, "Pull an Image from a Private Registry"; `auth` is base64 of `user:password`.
 */
export function renderDockerConfig(entries: readonly DockerConfigEntry[]): SecretText {
  const auths = Object.fromEntries(
    entries
      .toSorted((a, b) => (a.host < b.host ? -1 : 1))
      .map(({ host, username, password, email }) => [
        host,
        {
          username,
          password: password.reveal(),
          ...(email === undefined ? {} : { email }),
          auth: Buffer.from(`${username}:${password.reveal()}`).toString('base64'),
        },
      ]),
  );
  return new SecretText(JSON.stringify({ auths }));
}
