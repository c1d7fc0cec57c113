import { askRegistry, type PullAnswer, type RegistryLogin } from '../../../common/adapters/registry/ask-registry.ts';
import { parseImageReference, type ImageReference } from '../../../common/domain/explain/image-reference.ts';
import { toFailure, Failure } from '../../../common/domain/failure.ts';
import { parseDockerConfig, readLogin } from '../../../common/domain/namespaces/docker-config.ts';
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
  throw new Failure('setting-invalid', `--image is "${text}": write HOST/REPO:TAG`);
}

/** Tries the logins for the image’s host in the order of the pull secrets, as a kubelet does, and without one if there is none. Never throws. */
export async function askForImage(
  image: ImageReference,
  { namespace, pullSecrets }: { readonly namespace: string; readonly pullSecrets: readonly string[] },
  secrets: OwnSecretReader,
): Promise<ImageAnswer> {
  const unread: string[] = [];
  const asked = { image: `${image.host}/${image.repository}:${image.reference}`, host: image.host, unread };
  let last: ImageAnswer | undefined;
  for (const name of pullSecrets) {
    const login = await loginFor(image.host, namespace, name, secrets).catch((error: unknown) => {
      unread.push(`${name}: ${toFailure(error).message}`);
      return undefined;
    });
    if (login === undefined) continue;
    last = { ...asked, secret: name, answer: await askRegistry(image, login) };
    if (last.answer.kind === 'pulls' || last.answer.kind === 'no-such-image') return last;
  }
  return last ?? { ...asked, answer: await askRegistry(image, undefined) };
}

async function loginFor(
  host: string,
  namespace: string,
  name: string,
  secrets: OwnSecretReader,
): Promise<RegistryLogin | undefined> {
  const text = (await secrets.readSecret(namespace, name))?.get('.dockerconfigjson');
  const entry = text === undefined ? undefined : parseDockerConfig(text)?.find((each) => hostOf(each.host) === host);
  return entry === undefined ? undefined : readLogin(entry.login);
}

/** Somebody else's docker config may have `https://host/v1/`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? key;
}
