/**
 * Host (and port) of the registry that an image is pulled from: what stands before the first slash, when it looks like a host.
 *
 * Source: distribution/reference, `ParseNormalizedNamed`.
 */
export function registryOfImage(image: string): string {
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  return first === 'localhost' || /[.:]/.test(first) ? withoutAlias(first) : dockerHub;
}

/** The same of a key of a docker config, which may be a URL: `https://index.docker.io/v1/`. */
export function registryOfConfigKey(key: string): string {
  const host = key.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return withoutAlias(host);
}

function withoutAlias(host: string): string {
  return host === 'index.docker.io' ? dockerHub : host;
}

const dockerHub = 'docker.io';
