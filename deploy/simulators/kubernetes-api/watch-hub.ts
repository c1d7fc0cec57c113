import type { ServerResponse } from 'node:http';
import type { Change } from './history.ts';
import { renderBookmark, renderObject } from './representation.ts';
import type { Representation } from './representation.ts';
import type { Selection } from './selection.ts';
import { expired } from './status-errors.ts';
import { atVersion } from './stored-object.ts';
import type { StoredObject } from './stored-object.ts';
import type { Store } from './store.ts';

/** A watch as it was asked for. */
export interface WatchRequest {
  readonly view: Representation;
  readonly selection: Selection;
  /** Where to start; undefined sends what exists now first. */
  readonly from: number | undefined;
  readonly bookmarks: boolean;
  /** Mark the end of what exists now with a bookmark (`sendInitialEvents`). */
  readonly markInitialEnd: boolean;
  readonly timeoutSeconds: number;
}

/** How much a client may leave unread before its watch is cut: it lists again instead of growing our memory. */
const unreadLimitBytes = 64 * 1024 * 1024;

interface Watcher extends WatchRequest {
  readonly response: ServerResponse;
  readonly end: () => void;
  /** Events of this turn of the event loop; they go out together, because a write costs more than an event. */
  readonly pending: string[];
}

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** All running watches. An event is written down once for each representation, however many watch it. */
export class WatchHub {
  readonly #store: Store;
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #bookmarkSeconds: number;
  readonly #now: () => number;
  #paused = false;

  constructor(store: Store, bookmarkSeconds: number, now: () => number) {
    this.#store = store;
    this.#bookmarkSeconds = bookmarkSeconds;
    this.#now = now;
    store.onChange((change) => this.#publish(change));
  }

  get running(): number {
    return [...this.#watchers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Streams events to a response until its time is up, the client leaves, or the watch is cut. */
  start(response: ServerResponse, request: WatchRequest): void {
    const { storage } = request.view.kind;
    const bookmarkTimer = setInterval(() => this.#bookmark(watcher, false), this.#bookmarkSeconds * 1000);
    const endTimer = setTimeout(() => {
      this.#bookmark(watcher, false);
      end();
    }, request.timeoutSeconds * 1000);
    const end = (): void => {
      clearInterval(bookmarkTimer);
      clearTimeout(endTimer);
      this.#watchers.get(storage)?.delete(watcher);
      flush(watcher);
      response.end();
    };
    const watcher: Watcher = { ...request, response, end, pending: [] };
    response.on('close', end);
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
    response.flushHeaders();
    if (!this.#catchUp(watcher)) return end();
    const watchers = this.#watchers.get(storage) ?? new Set();
    this.#watchers.set(storage, watchers.add(watcher));
  }

  /** Ends watches without a word, as a broken connection does. */
  cut(matches: (request: WatchRequest) => boolean): number {
    const cut = [...this.#watchers.values()].flatMap((watchers) => [...watchers]).filter(matches);
    for (const watcher of cut) {
      watcher.response.destroy();
      watcher.end();
    }
    return cut.length;
  }

  /** Ends all watches as an orderly shutdown does. */
  endAll(): void {
    for (const watchers of this.#watchers.values()) for (const watcher of watchers) watcher.end();
  }

  /** While paused no bookmark is sent. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
  }

  /** @returns false when the watch cannot start: its history is forgotten */
  #catchUp(watcher: Watcher): boolean {
    const { from, view, selection } = watcher;
    const { history } = this.#store.collection(view.kind);
    const frames: string[] = [];
    if (from === undefined) {
      const now = this.#store.collection(view.kind).list(selection.namespace).filter(selection.matches);
      frames.push(...now.map((stored) => frame('ADDED', renderObject(view, stored, this.#now()))));
    } else if (from < history.forgottenUpTo) {
      const { body } = expired(`too old resource version: ${from} (${history.forgottenUpTo})`);
      this.#send(watcher, frame('ERROR', JSON.stringify(body)));
      return false;
    } else {
      for (const change of history.after(from)) {
        const event = eventFor(watcher, change);
        if (event !== undefined) frames.push(frame(event.type, renderObject(view, event.stored, this.#now())));
      }
    }
    if (frames.length > 0) this.#send(watcher, frames.join(''));
    if (watcher.markInitialEnd) this.#bookmark(watcher, true);
    return true;
  }

  #publish(change: Change): void {
    const watchers = this.#watchers.get(change.kind.storage);
    if (watchers === undefined || watchers.size === 0) return;
    const frames = new Map<string, string>();
    for (const watcher of watchers) {
      const event = eventFor(watcher, change);
      if (event === undefined) continue;
      const key = `${event.type} ${watcher.view.key}`;
      let text = frames.get(key);
      if (text === undefined) {
        text = frame(event.type, renderObject(watcher.view, event.stored, this.#now()));
        frames.set(key, text);
      }
      this.#send(watcher, text);
    }
  }

  #bookmark(watcher: Watcher, initialEventsEnd: boolean): void {
    if (this.#paused || (!watcher.bookmarks && !initialEventsEnd)) return;
    this.#send(watcher, frame('BOOKMARK', renderBookmark(watcher.view, this.#store.version, initialEventsEnd)));
  }

  #send(watcher: Watcher, text: string): void {
    watcher.pending.push(text);
    if (watcher.pending.length === 1) setImmediate(() => flush(watcher));
  }
}

function flush({ pending, response, end }: Watcher): void {
  if (pending.length === 0 || response.destroyed) return;
  response.write(pending.splice(0).join(''));
  if (response.writableLength > unreadLimitBytes) end();
}

/** What a change is to one watch: entering its selection is an ADDED, leaving it a DELETED with the last state that was in it. */
function eventFor(
  { selection }: Watcher,
  { before, after, version }: Change,
): { type: EventType; stored: StoredObject } | undefined {
  const was = before !== undefined && selection.matches(before);
  if (after !== undefined && selection.matches(after)) return { type: was ? 'MODIFIED' : 'ADDED', stored: after };
  return was ? { type: 'DELETED', stored: atVersion(before, version) } : undefined;
}

function frame(type: EventType | 'BOOKMARK' | 'ERROR', object: string): string {
  return `{"type":"${type}","object":${object}}\n`;
}
