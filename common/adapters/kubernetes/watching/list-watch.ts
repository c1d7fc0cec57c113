import { toFailure } from '../../../domain/failure.ts';
import type { BeforeList, WatchEvent } from '../../../ports/cluster-watcher.ts';
import type { KubernetesList } from '../kubernetes-object.ts';
import { listPage } from './list-page.ts';
import type { ListWatchSpec } from './list-watch-spec.ts';
import { createOutage, type Outage } from '../requests/outage.ts';
import { hasGoneBack, isDoubtfulAfter } from './gone-back.ts';
import { openWatch, type WatchEnd } from './watch-stream.ts';
import { backOffMs, sleep, unlessAborted, type WatchTools } from './watch-tools.ts';

/**
 * Lists, then follows every change, until the signal is aborted.
 *
 *     list ──▶ watch ──end, cut, stall──▶ watch from the last version seen   (at once, then with back-off)
 *      ▲         ├──410 Gone───────────┐
 *      │         └──restored───────────┤
 *      └──────── back-off ◀────────────┘
 *
 * Source: "Kubernetes API Concepts", efficient detection of changes.
 */
export async function* listAndWatch<T>(
  spec: ListWatchSpec<T>,
  tools: WatchTools,
  signal: AbortSignal,
  beforeList?: BeforeList,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  const outage = createOutage(spec.resource, tools.observer);
  if (signal.aborted) return;
  let cause: 'start' | 'expired' = 'start';
  try {
    while (!signal.aborted) {
      await beforeList?.();
      if (signal.aborted) return;
      tools.observer.listing?.(spec.resource, cause);
      cause = 'expired';
      const version = yield* list(spec, tools, outage, signal, beforeList);
      if (version === undefined) return;
      yield* watch(spec, tools, outage, version, signal);
    }
  } finally {
    tools.observer.ended?.(spec.resource, outage.current());
  }
}

/** Delivers the pages and the end of one list; answers with its version, or `undefined` when aborted. */
async function* list<T>(
  spec: ListWatchSpec<T>,
  tools: WatchTools,
  outage: Outage,
  signal: AbortSignal,
  beforeList: BeforeList | undefined,
): AsyncGenerator<WatchEvent<T>, string | undefined, undefined> {
  let keys = new Set<string>();
  let errorsOfPage = 0;
  let continueToken: string | undefined;
  const ask = (): Promise<KubernetesList | undefined> => {
    const page = unlessAborted(listPage(spec, tools, continueToken), signal);
    // Whoever reads may stop before it is read.
    page.catch(() => undefined);
    return page;
  };
  let next = ask();
  while (!signal.aborted) {
    try {
      const page = await next;
      if (page === undefined) return undefined;
      // No `healthy` here: a list that succeeds while its watch fails at once must not end the back-off.
      tools.observer.activity?.(spec.resource, tools.clock());
      errorsOfPage = 0;
      for (const object of page.items) keys.add(spec.keyOf(object));
      const items = page.items.map(spec.project);
      continueToken = page.metadata.continue;
      const last = continueToken === undefined || continueToken === '';
      // The server works on the next page while this one is taken.
      if (!last) next = ask();
      const { resourceVersion } = page.metadata;
      if (items.length > 0) yield { type: 'page', items, resourceVersion };
      if (!last) continue;
      yield { type: 'listed', keys, resourceVersion };
      return resourceVersion;
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'kubernetes-error') errorsOfPage++;
      await sleep(backOffMs(outage.failed(failure), tools, failure), signal);
      if (failure.code === 'kubernetes-expired' || errorsOfPage > 1) {
        // The snapshot that the pages are of is gone (a server that was restored meanwhile calls that an error of its own), and
        // pages of two snapshots do not make one list.
        errorsOfPage = 0;
        keys = new Set();
        continueToken = undefined;
        await beforeList?.();
      }
      next = ask();
    }
  }
  return undefined;
}

/** Delivers changes from `version` on; returns when a new list is needed, or when aborted. */
async function* watch<T>(
  spec: ListWatchSpec<T>,
  tools: WatchTools,
  outage: Outage,
  version: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  let from = version;
  let isDoubtful = false;
  let resumesAtOnce = true;
  while (!signal.aborted) {
    if (isDoubtful && !resumesAtOnce) {
      if (await hasGoneBack(spec, tools, outage, from, signal)) return;
      isDoubtful = false;
    }
    const stream = openWatch(spec, tools, from, signal);
    let end: WatchEnd | undefined;
    try {
      while (end === undefined) {
        const next = await stream.next();
        if (signal.aborted) return;
        if (stream.isHealthy()) outage.healthy();
        if (next.kind !== 'changed') end = next;
        else if (next.items.length > 0) yield { type: 'changed', items: next.items };
      }
    } finally {
      stream.close();
    }
    from = end.lastVersion;
    isDoubtful = isDoubtfulAfter(end, isDoubtful);
    const next = await afterTheEnd(end, stream.isHealthy(), tools, outage, signal);
    if (next === 'list') return;
    resumesAtOnce = next === 'watch-at-once';
  }
}

/** Waits as long as the end of a watch demands; answers with the next step. */
async function afterTheEnd(
  end: WatchEnd,
  wasHealthy: boolean,
  tools: WatchTools,
  outage: Outage,
  signal: AbortSignal,
): Promise<'list' | 'watch' | 'watch-at-once'> {
  if (end.failure === undefined) {
    // A regular end: the next watch starts at once, unless watches end without ever having brought anything.
    const attempt = wasHealthy ? 0 : outage.idle();
    if (attempt > 1) await sleep(backOffMs(attempt - 1, tools), signal);
    return 'watch';
  }
  const attempt = outage.failed(end.failure);
  if (end.kind === 'expired') {
    await sleep(backOffMs(attempt, tools, end.failure), signal);
    return 'list';
  }
  // A first cut is resumed at once: it is mostly a load balancer or one API server of several that restarts.
  const atOnce =
    attempt === 1 && end.failure.reaction.kind !== 'retry-after' && end.failure.code === 'kubernetes-unreachable';
  if (atOnce) return 'watch-at-once';
  await sleep(backOffMs(attempt, tools, end.failure), signal);
  return 'watch';
}
