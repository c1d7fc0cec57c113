import * as z from 'zod';
import type { DesiredSecret, SecretSource } from './desired-secret.ts';
import type { NamespaceObservation, ObservedSecret } from './observation.ts';
import { isNumbered } from './secret-naming.ts';

/** Value of the label `app.kubernetes.io/managed-by` on what we write; also our field manager. */
export const ourManager = 'acr-credential-helper';

/** Whether we wrote the Secret: by its label, or, where somebody removed that, by our version beside data that is still ours. */
export function isOurs(secret: Pick<ObservedSecret, 'managedBy' | 'version' | 'ownsData'>): boolean {
  return (
    secret.managedBy === ourManager ||
    (secret.managedBy === undefined && secret.version !== undefined && secret.ownsData)
  );
}

/**
 * Whether the component that this program replaces wrote the Secret: it carries its name as a label, or nobody else owns the data.
 * Anything else of such a name may be a person's.
 */
export function isTheOriginals(
  secret: Pick<ObservedSecret, 'managedBy' | 'version' | 'ownsData' | 'writtenBy'>,
): boolean {
  return !isOurs(secret) && originalManagers.has(secret.managedBy ?? secret.writtenBy ?? '');
}

/** The self-managed form, the managed one, and what either calls its program. */
const originalManagers: ReadonlySet<string> = new Set([
  'acr-credential-helper',
  'aliyun-acr-credential-helper',
  'managed-aliyun-acr-credential-helper',
]);

/** Names of the form `secretName-N` that accounts of the namespace still refer to although no such Secret is there. */
export function ourNames(observation: NamespaceObservation, secretName: string): readonly string[] {
  const present = new Set(observation.secrets.map(({ name }) => name));
  const referred = new Set(observation.accounts.flatMap(({ pullSecrets }) => pullSecrets));
  return [...referred].filter((name) => !present.has(name) && isNumbered(name, secretName));
}

/**
 * Until when the Secret as it is should stay although `next` is ready: `next` lacks hosts whose credential still works, and
 * the rest of the Secret works until the answer (ms since the epoch, a minute before the first expiry of what `next` renews).
 * Absent: `next` loses nothing.
 */
export function wouldLose(observed: ObservedSecret, next: DesiredSecret, now: number): number | undefined {
  const current = readSources(observed.sources);
  const nextHosts = new Set(next.sources.flatMap(({ hosts }) => hosts));
  const isKept = ({ hosts }: SecretSource): boolean => hosts.some((host) => nextHosts.has(host));
  const loses = current.some((source) => source.expiresAt > now && source.hosts.some((host) => !nextHosts.has(host)));
  if (!loses) return undefined;
  const isNewHost = next.sources.some(({ hosts }) =>
    hosts.some((host) => !current.some((source) => source.hosts.includes(host))),
  );
  return isNewHost ? undefined : Math.min(...current.filter(isKept).map(({ expiresAt }) => expiresAt - 60_000));
}

/**
 * Whether another helper with the same configuration wrote the Secret, with credentials that are younger than ours: they serve as well,
 * and two helpers that overwrite each other's would never end. Moments of the future are not believed.
 */
export function isYoungerElsewhere(observed: ObservedSecret, ours: DesiredSecret, now: number): boolean {
  const theirs = readSources(observed.sources);
  if (theirs.length !== ours.sources.length) return false;
  const isAsGood = theirs.every((source) => {
    const own = ours.sources.find(({ id }) => id === source.id);
    const isSame = own !== undefined && own.hosts.join() === source.hosts.join();
    return isSame && source.issuedAt >= own.issuedAt && source.issuedAt <= now && source.expiresAt > now;
  });
  return (
    isAsGood && theirs.some(({ id, issuedAt }) => ours.sources.some((own) => own.id === id && own.issuedAt < issuedAt))
  );
}

/** Reads the annotation `acr-credential-helper/sources`; what cannot be read counts as empty. */
export function readSources(annotation: string | undefined): readonly SecretSource[] {
  if (annotation === undefined) return [];
  try {
    return sourcesShape.parse(JSON.parse(annotation));
  } catch {
    return [];
  }
}

const time = z.iso.datetime().transform((text) => Date.parse(text));

const sourcesShape = z.array(
  z.object({
    id: z.string(),
    hosts: z.array(z.string()),
    domains: z.array(z.string()).optional(),
    discovered: z.boolean().default(false),
    issuedAt: time,
    expiresAt: time,
  }),
);
