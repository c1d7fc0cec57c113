import type { RoleName } from '../common/domain/role.ts';
import { startFetcher } from './fetcher/start-fetcher.ts';
import { startWatcher } from './watcher/start-watcher.ts';
import { startWebhook } from './webhook/start-webhook.ts';
import type { World } from './world.ts';
import { startWriter } from './writer/start-writer.ts';

/** TABLE OF CONTENTS: what each role starts. */
export const roles = {
  /** Puts what the cluster shows into the stores, and names on the queues. */
  watcher: startWatcher,
  /** Keeps every registry credential fresh. */
  fetcher: startFetcher,
  /** Makes namespaces match. */
  writer: startWriter,
  /** Answers the API server about new accounts and pods, and about edits of the ConfigMap. */
  webhook: startWebhook,
} as const satisfies Record<RoleName, (world: World) => Promise<void>>;
