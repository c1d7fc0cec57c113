/** An image as a pod names it, taken apart. */
export type ImageReference = {
  /** With the port, if there is one. */
  readonly host: string;
  readonly repository: string;
  /** A tag, or a digest such as `sha256:…`. */
  readonly reference: string;
};

/**
 * `HOST/REPO:TAG` or `HOST/REPO@DIGEST`, the tag `latest` if none is given; what names no host is Docker Hub’s, as for a container
 * runtime. Absent: it is no image. Source: distribution/reference, normalize.go.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(0, slash));
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const host = isHost ? first : dockerHub;
  if (!hostPattern.test(host)) return undefined;
  const rest = isHost ? text.slice(slash + 1) : text;
  const at = rest.indexOf('@');
  const named = at < 0 ? rest : rest.slice(0, at);
  const colon = named.lastIndexOf(':');
  const repository = colon < 0 ? named : named.slice(0, colon);
  const reference = at < 0 ? (colon < 0 ? 'latest' : named.slice(colon + 1)) : rest.slice(at + 1);
  if (!repositoryPattern.test(repository) || !referencePattern.test(reference)) return undefined;
  return ofDockerHub({ host, repository, reference });
}

/** The name under which images of Docker Hub are known; its registry has another address. */
export const dockerHub = 'docker.io';

/** `HOST/REPO:TAG`, or `HOST/REPO@DIGEST`. */
export function describeImage({ host, repository, reference }: ImageReference): string {
  return `${host}/${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
}

/** What to write instead of a text that is no image. */
export function adviceForImage(text: string): string {
  const withoutScheme = text.replace(/^[a-z]+:\/\//i, '');
  if (withoutScheme !== text) return `write it without ${text.slice(0, text.length - withoutScheme.length)}`;
  const slash = text.indexOf('/') + 1;
  const lowered = text.slice(0, slash) + text.slice(slash).toLowerCase();
  return lowered !== text && parseImageReference(lowered) !== undefined
    ? `the names of repositories are in lower case: ${lowered}`
    : 'write HOST/REPO:TAG or HOST/REPO@DIGEST';
}

function ofDockerHub(image: ImageReference): ImageReference {
  if (image.host !== dockerHub && image.host !== `index.${dockerHub}`) return image;
  const { repository } = image;
  return { ...image, host: dockerHub, repository: repository.includes('/') ? repository : `library/${repository}` };
}

const hostPattern = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;
const repositoryPattern = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
const referencePattern = /^(?:[\w][\w.-]{0,127}|[a-z0-9]+:[a-f0-9]{32,})$/;
