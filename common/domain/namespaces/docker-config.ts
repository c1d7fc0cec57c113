import * as z from 'zod';
import { SecretText } from '../secret-text.ts';

/** One registry host of a docker config. */
export type DockerConfigEntry = {
  /** `host`, `host:port`, or as somebody else's docker config has it: `https://index.docker.io/v1/`. */
  readonly host: string;
  /** The JSON of the entry, as it stands behind the host. */
  readonly login: SecretText;
};

/** The login of a user with a password; `auth` is base64 of `user:password`. */
export function passwordLogin(username: string, password: SecretText, email?: string): SecretText {
  const auth = Buffer.from(`${username}:${password.reveal()}`).toString('base64');
  return new SecretText(
    JSON.stringify({ username, password: password.reveal(), ...(email === undefined ? {} : { email }), auth }),
  );
}

/**
 * The text of `.dockerconfigjson`. Hosts are sorted, so that the same entries give the same bytes.
 * Source: Kubernetes, "Pull an Image from a Private Registry".
 */
export function renderDockerConfig(entries: readonly DockerConfigEntry[]): SecretText {
  const auths = entries
    .toSorted((a, b) => (a.host < b.host ? -1 : 1))
    .map(({ host, login }) => `${JSON.stringify(host)}:${login.reveal()}`);
  return new SecretText(`{"auths":{${auths.join(',')}}}`);
}

/** Reads a docker config; `undefined` when it is none. */
export function parseDockerConfig(text: SecretText): readonly DockerConfigEntry[] | undefined {
  const parsed = dockerConfig.safeParse(parseJson(text.reveal()));
  if (!parsed.success) return undefined;
  return Object.entries(parsed.data.auths).map(([host, login]) => ({
    host,
    login: new SecretText(JSON.stringify(login)),
  }));
}

/** User and password of a login that we wrote; `undefined` when it has another form. */
export function readPasswordLogin(
  login: SecretText,
): { readonly username: string; readonly password: SecretText } | undefined {
  const parsed = passwordShape.safeParse(parseJson(login.reveal()));
  if (!parsed.success) return undefined;
  return { username: parsed.data.username, password: new SecretText(parsed.data.password) };
}

/** User and password of any login, also one that has only `auth`; `undefined` when there are none. */
export function readLogin(login: SecretText): { readonly username: string; readonly password: SecretText } | undefined {
  const written = readPasswordLogin(login);
  if (written !== undefined) return written;
  const parsed = authShape.safeParse(parseJson(login.reveal()));
  const pair = parsed.success ? Buffer.from(parsed.data.auth, 'base64').toString('utf8') : '';
  const colon = pair.indexOf(':');
  return colon < 1 ? undefined : { username: pair.slice(0, colon), password: new SecretText(pair.slice(colon + 1)) };
}

const dockerConfig = z.object({ auths: z.record(z.string(), z.record(z.string(), z.unknown())) });

const passwordShape = z.object({ username: z.string().min(1), password: z.string().min(1) });

const authShape = z.object({ auth: z.string() });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
