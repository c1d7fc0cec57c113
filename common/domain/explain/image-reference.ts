/** An image as a pod names it, taken apart. */
export type ImageReference = {
  /** With the port, if there is one. */
  readonly host: string;
  readonly repository: string;
  /** A tag, or a digest such as `sha256:…`. */
  readonly reference: string;
};

/** `HOST/REPO:TAG` or `HOST/REPO@DIGEST`, the tag `latest` if none is given; absent: it names no host, or is no image. */
export function parseImageReference(text: string): ImageReference | undefined {
  const slash = text.indexOf('/');
  const host = text.slice(0, slash);
  // Without a dot or a port the first part is a repository of Docker Hub. Source: distribution/reference, normalize.go.
  if (slash < 1 || !hostPattern.test(host) || !(/[.:]/.test(host) || host === 'localhost')) return undefined;
  const rest = text.slice(slash + 1);
  const at = rest.indexOf('@');
  const named = at < 0 ? rest : rest.slice(0, at);
  const colon = named.lastIndexOf(':');
  const repository = colon < 0 ? named : named.slice(0, colon);
  const reference = at < 0 ? (colon < 0 ? 'latest' : named.slice(colon + 1)) : rest.slice(at + 1);
  if (!repositoryPattern.test(repository) || !referencePattern.test(reference)) return undefined;
  return { host, repository, reference };
}

const hostPattern = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;
const repositoryPattern = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
const referencePattern = /^(?:[\w][\w.-]{0,127}|[a-z0-9]+:[a-f0-9]{32,})$/;
