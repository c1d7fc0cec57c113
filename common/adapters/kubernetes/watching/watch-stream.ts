import { Failure, toFailure } from '../../../domain/failure.ts';
import { isNewer } from '../../../domain/namespaces/observation.ts';
import type { ApiRequest } from '../requests/api-client.ts';
import { answerFailure, statusEventFailure, type ApiCall } from '../requests/api-failure.ts';
import { accepts } from '../requests/api-paths.ts';
import { connectionFailure } from '../connection/connection-failure.ts';
import type { OpenStream, StreamEnd } from '../requests/http-stream.ts';
import { asObject, type KubernetesObject } from '../kubernetes-object.ts';
import { createLineSplitter } from '../requests/line-splitter.ts';
import type { ListWatchSpec } from './list-watch-spec.ts';
import { sleep, type WatchTools } from './watch-tools.ts';

/** One watch request, from its start to its end. */
export type WatchStream<T> = {
  /** Everything that arrived since the last call (nothing, when only its health changed), or the end once all was taken. */
  next(): Promise<{ readonly kind: 'changed'; readonly items: readonly T[] } | WatchEnd>;
  /** Whether an event or a bookmark arrived, or the watch has been open for some seconds. */
  isHealthy(): boolean;
  close(): void;
};

/** How a watch ended. `ended` without a failure: the server closed it as agreed. `expired`: it cannot be resumed. */
export type WatchEnd = {
  readonly kind: 'ended' | 'expired';
  readonly failure: Failure | undefined;
  /** Version to resume from; never older than the one that the watch began with. */
  readonly lastVersion: string;
  /** Whether an event or a bookmark showed that the server had come as far as the watch began with. */
  readonly isConfirmed: boolean;
};

/** Opens a watch from `version` on. Never throws: whatever fails is its end. */
export function openWatch<T>(
  spec: ListWatchSpec<T>,
  tools: WatchTools,
  version: string,
  signal: AbortSignal,
): WatchStream<T> {
  const { limits } = tools;
  const call: ApiCall = { verb: 'watch', resource: spec.resource, object: '' };
  const splitter = createLineSplitter(limits.maxLineBytes);
  let pending: T[] = [];
  let lastVersion = version;
  let healthy = false;
  let isConfirmed = false;
  let end: WatchEnd | undefined;
  let stream: OpenStream | undefined;
  let paused = false;
  let handedOverAt = -Infinity;
  let wake: (() => void) | undefined;
  let stallTimer: NodeJS.Timeout | undefined;
  let settleTimer: NodeJS.Timeout | undefined;

  const finish = (failure: Failure | undefined): void => {
    if (end !== undefined) return;
    end = { kind: failure?.code === 'kubernetes-expired' ? 'expired' : 'ended', failure, lastVersion, isConfirmed };
    clearTimeout(stallTimer);
    clearTimeout(settleTimer);
    signal.removeEventListener('abort', close);
    stream?.cut(new Error('the watch was ended by the client'));
    wake?.();
  };
  const close = (): void => finish(undefined);

  const stalled = (): void => {
    const seconds = limits.stallSeconds;
    const message = `the watch of ${spec.resource} is dead: nothing came from ${tools.client.baseUrl} for ${seconds} s`;
    finish(new Failure('kubernetes-unreachable', message));
  };
  const expectBytes = (): void => {
    stallTimer = setTimeout(stalled, limits.stallSeconds * 1000);
  };

  const started = (): void => {
    tools.observer.activity?.(spec.resource, tools.clock());
    settleTimer = setTimeout(() => {
      healthy = true;
      wake?.();
    }, limits.settleSeconds * 1000);
  };

  const take = (line: string): void => {
    const event = parseEvent(line, spec.resource);
    if (event.type === 'ERROR') throw statusEventFailure(call, event.object);
    const object = event.type === 'BOOKMARK' ? undefined : asObject(event.object, `the watch of ${spec.resource}`);
    if (object !== undefined) pending.push(projectEvent(event.type, object, spec, tools));
    const seen = object?.metadata.resourceVersion ?? bookmarkVersion(event.object);
    if (seen !== undefined && !isNewer(lastVersion, seen)) {
      lastVersion = seen;
      isConfirmed = true;
    }
    healthy = true;
  };

  const receive = (chunk: Buffer): void => {
    if (end !== undefined) return;
    stallTimer?.refresh();
    tools.observer.activity?.(spec.resource, tools.clock());
    try {
      for (const line of splitter.push(chunk)) take(line);
    } catch (error) {
      finish(streamFailure(error, spec.resource));
      return;
    }
    if (pending.length >= limits.maxPending && !paused) {
      paused = true;
      // The reader is behind: silence is ours, not the server's.
      clearTimeout(stallTimer);
      stream?.pause();
    }
    wake?.();
  };

  const ended = (streamEnd: StreamEnd): void => finish(endFailure(call, tools.client.baseUrl, streamEnd));

  if (signal.aborted) close();
  else {
    signal.addEventListener('abort', close, { once: true });
    expectBytes();
    tools.client.watch(watchRequest(spec, tools, version), { started, data: receive, ended }).then(
      (opened) => {
        stream = opened;
        if (end !== undefined) opened.cut(new Error('the watch was ended by the client'));
      },
      (error: unknown) => finish(toFailure(error)),
    );
  }

  return {
    async next() {
      if (pending.length === 0 && end === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
      const tooSoonMs = Math.ceil(handedOverAt + limits.gatherMs - performance.now());
      if (tooSoonMs > 0 && end === undefined) await sleep(tooSoonMs, signal);
      if (pending.length === 0 && end !== undefined) return end;
      if (pending.length > 0) handedOverAt = performance.now();
      const items = pending;
      pending = [];
      if (paused) {
        paused = false;
        expectBytes();
        stream?.resume();
      }
      return { kind: 'changed', items };
    },
    isHealthy: () => healthy,
    close,
  };
}

function watchRequest(spec: ListWatchSpec<unknown>, tools: WatchTools, version: string): ApiRequest {
  const { minWatchSeconds, maxWatchSeconds } = tools.limits;
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: version,
    // Random, so that the watches of many clients do not end together.
    timeoutSeconds: String(Math.round(minWatchSeconds + tools.random() * (maxWatchSeconds - minWatchSeconds))),
  });
  if (spec.fieldSelector !== undefined) query.set('fieldSelector', spec.fieldSelector);
  return {
    verb: 'watch',
    resource: spec.resource,
    object: '',
    path: `${spec.path}?${query.toString()}`,
    accept: spec.metadataOnly ? accepts.metadata : accepts.full,
  };
}

function projectEvent<T>(type: string, object: KubernetesObject, spec: ListWatchSpec<T>, { clock }: WatchTools): T {
  if (type === 'DELETED') return spec.projectDeleted(object);
  return type === 'ADDED' && spec.projectAdded !== undefined
    ? spec.projectAdded(object, clock())
    : spec.project(object);
}

type RawEvent = { readonly type: string; readonly object: unknown };

function parseEvent(line: string, resource: string): RawEvent {
  const event = JSON.parse(line) as Partial<RawEvent> | null;
  if (typeof event?.type !== 'string') {
    throw new Failure('kubernetes-error', `the watch of ${resource} brought a line without a type`);
  }
  return { type: event.type, object: event.object };
}

function bookmarkVersion(object: unknown): string | undefined {
  const metadata = (object as Partial<KubernetesObject> | null)?.metadata;
  return typeof metadata?.resourceVersion === 'string' ? metadata.resourceVersion : undefined;
}

/**
 * What cannot be read cannot be skipped either without losing a change: a new list shows the state that it led to.
 * An `ERROR` event is a Failure already.
 */
function streamFailure(error: unknown, resource: string): Failure {
  if (error instanceof Failure) return error;
  const reason = error instanceof Error ? error.name : 'unknown';
  return new Failure(
    'kubernetes-expired',
    `the watch of ${resource} brought something that cannot be read: ${reason}`,
    {
      cause: error,
    },
  );
}

function endFailure(call: ApiCall, address: string, end: StreamEnd): Failure | undefined {
  if (end.kind === 'complete') return undefined;
  return end.kind === 'refused' ? answerFailure(call, end) : connectionFailure(address, end.error);
}
