import type { WriterWorld } from '../world.ts';
import { DesiredSecretsCache } from './desired-secrets-cache.ts';
import { restoreMissingCredentials } from './restore-credentials.ts';
import { syncAllNamespaces } from './sync-all-namespaces.ts';
import { syncNamespace } from './sync-namespace.ts';

/** Starts the consumers of the writer's messages. */
export async function startWriter(world: WriterWorld): Promise<void> {
  const { bus, credentials, settings } = world;
  const [cluster, ownSecrets] = await Promise.all([world.connectWriter(), world.connectOwnSecrets()]);
  const { secretName, allowedHosts } = settings;
  const desiredSecrets = new DesiredSecretsCache({ credentials, secretName, allowedHosts, report: world.report });
  await Promise.all([
    bus.consume('namespace.sync', { handle: syncNamespace({ ...world, cluster, desiredSecrets, secretName }) }),
    bus.consume('namespace.sync-all', { handle: syncAllNamespaces(world) }),
    bus.consume('credential.restore', { handle: restoreMissingCredentials({ ...world, ownSecrets }) }),
  ]);
}
