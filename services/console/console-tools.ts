import type { Status } from '../../common/domain/status/status.ts';
import type { ConfigurationStore } from '../../common/ports/stores.ts';
import type { QueueViewer } from '../../queues/queue-viewer.ts';
import type { RecentConfiguration } from '../status/recent-configuration.ts';
import type { StatusHistory } from '../status/status-history.ts';

/** What the status page is made of. */
export type ConsoleTools = {
  readonly status: () => Promise<Status>;
  /** What a page begins with. */
  readonly statusAtOnce: () => Promise<Status>;
  readonly history: Pick<StatusHistory, 'since'>;
  readonly configuration: Pick<RecentConfiguration, 'read'>;
  /** Absent where the queues are in memory. */
  readonly queues?: QueueBrowserTools | undefined;
  /** Where the files for the browser are, ending in a slash; beside the program unless given. */
  readonly folder?: URL | undefined;
};

/** What the queue browser is made of. */
export type QueueBrowserTools = {
  readonly viewer: QueueViewer;
  readonly configurations: Pick<ConfigurationStore, 'read'>;
};
