import { dockerHub, type ImageReference } from '../../domain/explain/image-reference.ts';
import { describeNetworkError } from '../../runtime/network-error.ts';
import type { SecretText } from '../../domain/secret-text.ts';

export type RegistryLogin = { readonly username: string; readonly password: SecretText };

/** What the registry said to somebody who wants to pull. No answer holds a token. */
export type PullAnswer =
  | { readonly kind: 'pulls' }
  | { readonly kind: 'refused'; readonly status: number; readonly by: string }
  | { readonly kind: 'no-such-image' }
  | { readonly kind: 'unreachable'; readonly problem: string }
  /** Something answers, and neither says yes nor no. `problem`: who answers what. */
  | { readonly kind: 'unclear'; readonly problem: string };

/**
 * Would a pod with this login pull this image? Asks as a container runtime does, and loads nothing: the token that the registry’s own
 * authority gives for the login, then the headers of the manifest. Never throws; 10 s at most for each request.
 *
 * Source: distribution, "Token Authentication Specification" and "HTTP API V2", manifests.
 */
export async function askRegistry(image: ImageReference, login: RegistryLogin | undefined): Promise<PullAnswer> {
  const base = `${isLoopback(image.host) ? 'http' : 'https'}://${image.host === dockerHub ? dockerHubRegistry : image.host}`;
  const manifest = `${base}/v2/${image.repository}/manifests/${encodeURIComponent(image.reference)}`;
  try {
    const ping = await send(`${base}/v2/`, 'GET', {});
    const challenge = ping.status === 401 ? parseChallenge(ping.headers.get('www-authenticate') ?? '') : undefined;
    if (challenge === undefined) return answerOf(await head(manifest, {}), image.host);
    if (challenge.scheme === 'basic') return answerOf(await head(manifest, basic(login)), image.host);
    const token = await fetchToken(challenge, image, login);
    if ('kind' in token) return token;
    return answerOf(await head(manifest, { authorization: `Bearer ${token.token}` }), image.host);
  } catch (error) {
    return { kind: 'unreachable', problem: describeProblem(error) };
  }
}

type Challenge =
  { readonly scheme: 'basic' } | { readonly scheme: 'bearer'; readonly realm: URL; readonly service: string };

/** Source: Docker Hub, "Registry API". */
const dockerHubRegistry = 'registry-1.docker.io';
const timeoutMs = 10_000;
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Without following redirects: a login goes nowhere else. */
function send(url: string, method: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(url, { method, headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
}

function head(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  return send(url, 'HEAD', { accept: manifestTypes, ...headers });
}

/** As container runtimes do, plain HTTP only on this machine. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host);
}

function parseChallenge(header: string): Challenge | undefined {
  if (/^basic\b/i.test(header)) return { scheme: 'basic' };
  if (!/^bearer\b/i.test(header)) return undefined;
  const parameter = (name: string): string | undefined => new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(header)?.[1];
  const realm = parameter('realm');
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  return { scheme: 'bearer', realm: new URL(realm), service: parameter('service') ?? '' };
}

/** The login is sent to the authority that the registry names, and never in the clear over a network. */
async function fetchToken(
  { realm, service }: Challenge & { readonly scheme: 'bearer' },
  { repository }: ImageReference,
  login: RegistryLogin | undefined,
): Promise<{ readonly token: string } | PullAnswer> {
  if (realm.protocol !== 'https:' && !isLoopback(realm.host))
    return { kind: 'unclear', problem: `the registry names an authority without TLS: ${realm.host}` };
  const url = new URL(realm);
  url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  const answer = await send(url.href, 'GET', basic(login));
  if (isRefusal(answer)) return { kind: 'refused', status: answer.status, by: realm.host };
  if (answer.status !== 200) return { kind: 'unclear', problem: `${realm.host} answers ${answer.status}` };
  // The text of a parser's error quotes what it read.
  const body: unknown = await answer.json().catch(() => undefined);
  const token = readToken(body);
  return token === undefined ? { kind: 'unclear', problem: `${realm.host} answers without a token` } : { token };
}

function readToken(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { token, access_token: accessToken } = body as { readonly token?: unknown; readonly access_token?: unknown };
  return typeof token === 'string' ? token : typeof accessToken === 'string' ? accessToken : undefined;
}

function basic(login: RegistryLogin | undefined): Readonly<Record<string, string>> {
  if (login === undefined) return {};
  const text = Buffer.from(`${login.username}:${login.password.reveal()}`).toString('base64');
  return { authorization: `Basic ${text}` };
}

function answerOf(response: Response, host: string): PullAnswer {
  const { status } = response;
  if (status === 200) return { kind: 'pulls' };
  if (status === 404) return { kind: 'no-such-image' };
  if (isRefusal(response)) return { kind: 'refused', status, by: host };
  return { kind: 'unclear', problem: `${host} answers ${status}` };
}

/** An authority answers 400 to a login that it cannot read. */
function isRefusal({ status }: Response): boolean {
  return status === 400 || status === 401 || status === 403;
}

function describeProblem(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  return describeNetworkError(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
