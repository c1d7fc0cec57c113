import { askRegistry, type PullAnswer } from '../../../common/adapters/registry/ask-registry.ts';
import {
  adviceForImage,
  describeImage,
  parseImageReference,
  type ImageReference,
} from '../../../common/domain/explain/image-reference.ts';
import { loginsForImage } from '../../../common/domain/explain/logins-for-image.ts';
import { toFailure, Failure } from '../../../common/domain/failure.ts';
import {
  parseDockerConfig,
  readLogin,
  type DockerConfigEntry,
} from '../../../common/domain/namespaces/docker-config.ts';
import type { OwnSecretReader } from '../../../common/ports/own-secrets.ts';

/** Would a pod with these pull secrets pull this image? */
export type ImageAnswer = {
  readonly image: string;
  readonly host: string;
  /** The Secret whose login was used; absent: none of them has one for the host, and nobody was asked as anybody. */
  readonly secret?: string | undefined;
  readonly answer: PullAnswer;
  /** Secrets that could not be read, with the reason. */
  readonly unread: readonly string[];
};

/** `--image`. Throws `setting-invalid`. */
export function readImage(text: string): ImageReference {
  const image = parseImageReference(text);
  if (image !== undefined) return image;
  throw new Failure('setting-invalid', `--image is "${text}": ${adviceForImage(text)}`);
}

/** Tries the logins of the pull secrets that are for the image, as a kubelet does, and without one if there is none. Never throws. */
export async function askForImage(
  image: ImageReference,
  { namespace, pullSecrets }: { readonly namespace: string; readonly pullSecrets: readonly string[] },
  secrets: OwnSecretReader,
): Promise<ImageAnswer> {
  const unread: string[] = [];
  const entries: SecretEntry[] = [];
  for (const name of pullSecrets) {
    try {
      entries.push(...(await entriesOf(namespace, name, secrets)));
    } catch (error) {
      unread.push(`${name}: ${toFailure(error).message}`);
    }
  }
  const asked = { image: describeImage(image), host: image.host, unread };
  let last: ImageAnswer | undefined;
  for (const { secret, login } of loginsForImage(image, entries).slice(0, loginsMax)) {
    const read = readLogin(login);
    if (read === undefined) continue;
    last = { ...asked, secret, answer: await askRegistry(image, read) };
    if (last.answer.kind === 'pulls' || last.answer.kind === 'no-such-image') return last;
  }
  return last ?? { ...asked, answer: await askRegistry(image, undefined) };
}

const loginsMax = 8;

type SecretEntry = DockerConfigEntry & { readonly secret: string };

async function entriesOf(namespace: string, secret: string, secrets: OwnSecretReader): Promise<readonly SecretEntry[]> {
  const text = (await secrets.readSecret(namespace, secret))?.get('.dockerconfigjson');
  const entries = text === undefined ? undefined : parseDockerConfig(text);
  return (entries ?? []).map((entry) => ({ ...entry, secret }));
}
