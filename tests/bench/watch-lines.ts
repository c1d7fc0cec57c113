import { Agent } from 'undici';
import type { ControlPlane } from '../real-parts/control-plane.ts';

/** Follows a watch from now on and hands over each line as it is, with the moment (`performance.now()`) at which it came. */
export async function watchLines(
  { url, ca, adminToken }: Pick<ControlPlane, 'url' | 'ca' | 'adminToken'>,
  what: { readonly path: string; readonly query?: string; readonly accept?: string },
  onLine: (line: string, at: number) => void,
): Promise<{ readonly stop: () => Promise<void> }> {
  const agent = new Agent({ connect: { ca }, bodyTimeout: 0, headersTimeout: 0 });
  const query = what.query === undefined ? '' : `&${what.query}`;
  const headers = { authorization: `Bearer ${adminToken}` };
  const list = await agent.request({ origin: url, method: 'GET', path: `${what.path}?limit=1${query}`, headers });
  const { metadata } = (await list.body.json()) as { metadata: { resourceVersion: string } };
  const watch = await agent.request({
    origin: url,
    method: 'GET',
    path: `${what.path}?watch=true&timeoutSeconds=3600&resourceVersion=${metadata.resourceVersion}${query}`,
    headers: what.accept === undefined ? headers : { ...headers, accept: what.accept },
  });
  let rest = '';
  watch.body.on('data', (chunk: Buffer) => {
    const at = performance.now();
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line, at);
  });
  watch.body.on('error', () => undefined);
  return { stop: () => agent.destroy() };
}
