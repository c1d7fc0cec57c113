import { dockerHub, type ImageReference } from './image-reference.ts';

/**
 * Those logins of docker configs that a kubelet tries for this image, in its order: the most exact key first, of equal keys the one
 * of the first pull secret. A key may have globs and a path: `*.example.com`, `example.com/team-a`.
 *
 * Source: Kubernetes, pkg/credentialprovider/keyring.go.
 */
export function loginsForImage<Login extends { readonly host: string }>(
  { host, repository }: ImageReference,
  logins: readonly Login[],
): readonly Login[] {
  const keyed = logins.map((login) => ({ login, key: keyOf(login.host) }));
  const matching = keyed.filter(({ key }) => matches(key, host, `/${repository}`));
  const found =
    matching.length === 0 && host === dockerHub ? keyed.filter(({ key }) => key === `index.${dockerHub}`) : matching;
  return found.toSorted((a, b) => (a.key === b.key ? 0 : a.key < b.key ? 1 : -1)).map(({ login }) => login);
}

/** `https://index.docker.io/v1/` → `index.docker.io`. */
function keyOf(written: string): string {
  const text = written.replace(/^https?:\/\//, '');
  const slash = text.indexOf('/');
  if (slash < 0) return text;
  const path = text.slice(slash).replace(/^\/v[12](?=\/)/, '');
  return text.slice(0, slash) + (path === '/' ? '' : path);
}

function matches(key: string, host: string, path: string): boolean {
  const slash = key.indexOf('/');
  const keyHost = slash < 0 ? key : key.slice(0, slash);
  const keyPath = slash < 0 ? '' : key.slice(slash);
  const [patterns, parts] = [keyHost.split('.'), host.split('.')];
  return (
    path.startsWith(keyPath) &&
    patterns.length === parts.length &&
    patterns.every((pattern, at) => matchesGlob(pattern, parts[at] ?? ''))
  );
}

/** `*` and `?` within one part of the name. The port, which has no glob, is in the last part. */
function matchesGlob(pattern: string, part: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === part;
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '[^:]*').replaceAll('?', '[^:]')}$`).test(part);
}
