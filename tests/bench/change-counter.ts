import type { ControlPlane } from '../real-parts/control-plane.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import { secretName } from './population.ts';
import { watchLines } from './watch-lines.ts';

/** Counts changes of the cluster from outside. */
export type ChangeCounter = {
  /** Milliseconds of `performance.now()` at which the first and the last of `count` changes came. */
  until(count: number, timeoutSeconds: number): Promise<{ readonly first: number; readonly last: number }>;
  stop(): Promise<void>;
};

/** Accounts that have the reference and nothing else. */
export function countAttached(controlPlane: ControlPlane): Promise<ChangeCounter> {
  const needle = `"imagePullSecrets":[{"name":"${secretName}"}]`;
  return countLines(controlPlane, { path: '/api/v1/serviceaccounts' }, needle);
}

/** Secrets of ours that are written anew. */
export function countRewritten(controlPlane: ControlPlane): Promise<ChangeCounter> {
  const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
  const query = `fieldSelector=metadata.name%3D${secretName}`;
  return countLines(controlPlane, { path: '/api/v1/secrets', query, accept }, '{"type":"MODIFIED"');
}

async function countLines(
  controlPlane: ControlPlane,
  what: Parameters<typeof watchLines>[1],
  needle: string,
): Promise<ChangeCounter> {
  const progress = { seen: 0, first: 0, last: 0 };
  const watch = await watchLines(controlPlane, what, (line, at) => {
    if (!line.includes(needle)) return;
    progress.seen++;
    progress.first ||= at;
    progress.last = at;
  });
  return {
    until: (count, timeoutSeconds) =>
      waitUntil(
        `${count} changes with ${needle}`,
        timeoutSeconds,
        async () => (progress.seen >= count ? { first: progress.first, last: progress.last } : undefined),
        10,
      ),
    stop: () => watch.stop(),
  };
}
