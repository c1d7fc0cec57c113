import { Agent } from 'undici';
import type { ControlPlane } from '../real-parts/control-plane.ts';
import { secretName } from './population.ts';

/** Watches accounts from outside and tells when enough of them have the reference. Reads bytes, parses nothing. */
export type AttachedCounter = {
  /** Milliseconds of `performance.now()` at which the first and the last of `count` accounts were attached. */
  until(count: number, timeoutSeconds: number): Promise<{ readonly first: number; readonly last: number }>;
  stop(): Promise<void>;
};

export async function countAttached(controlPlane: ControlPlane): Promise<AttachedCounter> {
  const agent = new Agent({ connect: { ca: controlPlane.ca }, bodyTimeout: 0 });
  const headers = { authorization: `Bearer ${controlPlane.adminToken}` };
  const list = await agent.request({
    origin: controlPlane.url,
    method: 'GET',
    path: '/api/v1/serviceaccounts?limit=1',
    headers,
  });
  const { metadata } = (await list.body.json()) as { metadata: { resourceVersion: string } };
  const path = `/api/v1/serviceaccounts?watch=true&resourceVersion=${metadata.resourceVersion}`;
  const watch = await agent.request({ origin: controlPlane.url, method: 'GET', path, headers });
  const progress = { seen: 0 };
  let first = 0;
  let last = 0;
  let rest = '';
  const needle = `"imagePullSecrets":[{"name":"${secretName}"}]`;
  watch.body.on('data', (chunk: Buffer) => {
    const text = rest + chunk.toString('latin1');
    const found = text.split(needle).length - 1;
    rest = text.slice(text.lastIndexOf('\n') + 1);
    if (found === 0) return;
    // A half line that already holds the needle is counted with its rest.
    progress.seen += found - (rest.split(needle).length - 1);
    last = performance.now();
    first ||= last;
  });
  watch.body.on('error', () => undefined);
  return {
    until: async (count, timeoutSeconds) => {
      const deadline = performance.now() + timeoutSeconds * 1000;
      while (progress.seen < count) {
        if (performance.now() > deadline)
          throw new Error(`after ${timeoutSeconds} s ${progress.seen} of ${count} accounts were attached`);
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
      }
      return { first, last };
    },
    stop: () => agent.destroy(),
  };
}
