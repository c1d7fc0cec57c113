import { ensureChromium } from './ensure-chromium.ts';
import { ensureComposeReader, ensurePodmanCompose } from './ensure-compose.ts';
import { ensureContainers } from './ensure-containers.ts';
import { ensureControlPlane } from './ensure-control-plane.ts';
import { ensureCrane } from './ensure-crane.ts';
import { ensureHelm } from './ensure-helm.ts';
import { ensurePrometheus } from './ensure-prometheus.ts';
import { ensureRedis } from './ensure-redis.ts';
import { ensureRegistry } from './ensure-registry.ts';

type Part = {
  /** Parts of one line are made ready one after the other. */
  readonly line: 'built' | 'installed';
  readonly ensure: () => Promise<unknown>;
};

/**
 * EVERY real part, by the name of its file `ensure-<name>.ts`, in the order in which they are made ready: what most tests wait for first.
 *
 * A build uses every core, and apt has a lock: two at once would only take longer.
 */
export const parts = {
  redis: { line: 'installed', ensure: ensureRedis },
  prometheus: { line: 'installed', ensure: ensurePrometheus },
  registry: { line: 'installed', ensure: ensureRegistry },
  chromium: { line: 'installed', ensure: ensureChromium },
  containers: { line: 'installed', ensure: ensureContainers },
  crane: { line: 'built', ensure: ensureCrane },
  compose: { line: 'built', ensure: () => Promise.all([ensureComposeReader(), ensurePodmanCompose()]) },
  'control-plane': { line: 'built', ensure: ensureControlPlane },
  helm: { line: 'built', ensure: ensureHelm },
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof parts;

export function isPartName(name: string): name is PartName {
  return Object.hasOwn(parts, name);
}

/** Begins to make parts ready. The answer's promises settle one by one; each rejects when its part cannot be had here. */
export function prepareParts(wanted: ReadonlySet<PartName>): ReadonlyMap<PartName, Promise<unknown>> {
  const lastOf = new Map<Part['line'], Promise<unknown>>();
  const prepared = new Map<PartName, Promise<unknown>>();
  for (const [name, { line, ensure }] of Object.entries(parts)) {
    if (!isPartName(name) || !wanted.has(name)) continue;
    const ready = (lastOf.get(line) ?? Promise.resolve()).catch(() => undefined).then((): Promise<unknown> => ensure());
    // Whoever waits for the part hears that it failed; if nobody does, that is no failure of ours.
    ready.catch(() => undefined);
    prepared.set(name, ready);
    lastOf.set(line, ready);
  }
  return prepared;
}
