import type { Fault, Faults } from './faults.ts';
import type { Gate } from './gate.ts';
import type { KubernetesObject } from './json.ts';
import { kindByResource } from './kinds.ts';
import { parseStored } from './stored-object.ts';
import type { RequestLog } from './request-log.ts';
import type { Store } from './store.ts';
import type { WatchHub } from './watch-hub.ts';

/** What a test can do to the server from inside its process. */
export interface SimulatorControl {
  /** Every request that was answered. */
  readonly requests: RequestLog;
  /** The newest resourceVersion. */
  readonly version: number;
  /** How many watches run. */
  readonly watches: number;
  /** Sets a fault; it stays until it has struck `times` requests or the faults are cleared. */
  fault(fault: Fault): void;
  clearFaults(): void;
  /** Breaks running watches as a lost connection does; of one resource, or all. @returns how many */
  cutWatches(resource?: string): number;
  /** Forgets the history up to a version (default: now): older watches and pages get 410. */
  compact(version?: number): void;
  /** Answers nothing and sends nothing until `resume`, as a stopped process. */
  pause(): void;
  resume(): void;
  /** Reads an object without a request: `read('', 'secrets', 'shop', 'pull')`. */
  read(group: string, resource: string, namespace: string, name: string): KubernetesObject | undefined;
}

export function createControl(
  store: Store,
  hub: WatchHub,
  requests: RequestLog,
  faults: Faults,
  gate: Gate,
): SimulatorControl {
  return {
    requests,
    get version() {
      return store.version;
    },
    get watches() {
      return hub.running;
    },
    fault: (fault) => faults.set(fault),
    clearFaults: () => faults.clear(),
    cutWatches: (resource) => hub.cut(({ view }) => resource === undefined || view.kind.plural === resource),
    compact: (version) => store.compact(version),
    pause: () => {
      gate.close();
      hub.setPaused(true);
    },
    resume: () => {
      gate.open();
      hub.setPaused(false);
    },
    read: (group, resource, namespace, name) => {
      const kind = kindByResource(group, 'v1', resource);
      if (kind === undefined) throw new Error(`The simulator serves no ${resource} in group "${group}"; see kinds.ts.`);
      const stored = store.get(kind, namespace, name);
      return stored === undefined ? undefined : parseStored(stored);
    },
  };
}
