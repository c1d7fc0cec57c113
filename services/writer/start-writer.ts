import type { WriterWorld } from '../world.ts';
import { DesiredSecretsCache } from './desired-secrets-cache.ts';
import { restoreMissingCredentials } from './restore-credentials.ts';
import { syncAllNamespaces } from './sync-all-namespaces.ts';
import { syncNamespace } from './sync-namespace.ts';

/** Starts the consumers of the writer's messages. */
export async function startWriter(world: WriterWorld): Promise<void> {
  const { bus, credentials, settings } = world;
  const cluster = await world.connectWriter();
  const desiredSecrets = new DesiredSecretsCache(credentials, settings.secretName);
  await bus.consume('namespace.sync', {
    handle: syncNamespace({ ...world, cluster, desiredSecrets, secretName: settings.secretName }),
  });
  const ownSecrets = await world.connectOwnSecrets();
  await bus.consume('credential.restore', { handle: restoreMissingCredentials({ ...world, ownSecrets }) });
  await bus.consume('namespace.sync-all', { handle: syncAllNamespaces(world) });
}
