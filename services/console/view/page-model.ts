import type { History } from '../../../common/domain/status/history.ts';
import type { Status } from '../../../common/domain/status/status.ts';
import type { TypedConfiguration } from '../../../common/domain/status/typed-configuration.ts';

/** All that the status page shows: embedded in it at first, then kept up to date by Server-Sent Events of the same names. */
export type PageModel = {
  readonly status: Status;
  readonly history: History;
  readonly configuration: PageConfiguration;
  readonly hasQueueBrowser: boolean;
};

/** Both are absent where the process does not watch the ConfigMap. `inForce` is absent when it is the latest. */
export type PageConfiguration = {
  readonly latest?: TypedConfiguration | undefined;
  readonly inForce?: TypedConfiguration | undefined;
};
