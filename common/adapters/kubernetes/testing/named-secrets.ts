import type { WatchEvent } from '../../../ports/cluster-watcher.ts';
import type { ListWatchSpec } from '../watching/list-watch-spec.ts';
import { json, type Step } from './scripted-api.ts';

/** What a scripted API server says of Secrets, and how a test reads what became of it. */

/** Follows Secrets of one name, of which only the names are kept. */
export const namedSecrets: ListWatchSpec<string> = {
  resource: 'secrets',
  path: '/api/v1/secrets',
  fieldSelector: 'metadata.name=x',
  metadataOnly: true,
  keyOf: ({ metadata }) => metadata.name,
  project: ({ metadata }) => metadata.name,
  projectDeleted: ({ metadata }) => `deleted ${metadata.name}`,
};

/** One page; `more` is the token for the next one. */
export function list(resourceVersion: string, names: readonly string[], more?: string): Step {
  const items = names.map((name) => ({ metadata: { name, resourceVersion: '1' } }));
  return json({ metadata: { resourceVersion, ...(more === undefined ? {} : { continue: more }) }, items });
}

/** A line of a watch. */
export function event(type: string, name: string, resourceVersion: string): string {
  return `${JSON.stringify({ type, object: { metadata: { name, resourceVersion } } })}\n`;
}

export function added(name: string, resourceVersion: string): string {
  return event('ADDED', name, resourceVersion);
}

/** The next events, or those that there are until the end. */
export async function take(count: number, events: AsyncGenerator<WatchEvent<string>>): Promise<WatchEvent<string>[]> {
  const taken: WatchEvent<string>[] = [];
  while (taken.length < count) {
    const next = await events.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

/** Items of `changed` events. */
export async function takeItems(count: number, events: AsyncGenerator<WatchEvent<string>>): Promise<string[]> {
  const items: string[] = [];
  while (items.length < count) {
    const next = await events.next();
    if (next.done === true) break;
    if (next.value.type === 'changed') items.push(...next.value.items);
  }
  return items;
}
