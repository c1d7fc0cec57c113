import * as fc from 'fast-check';

import type { NamespaceObservation, ObservedChange } from '../../common/domain/namespaces/observation.ts';
import type { ObservationStore } from '../../common/ports/stores.ts';
import { noticeRestore, type RestoreNotice } from '../../services/watcher/notice-restore.ts';
import { accountGone, accountSeen } from './observed-objects.ts';

/** One thing that happens: to the cluster, or to one of the two watchers. */
export type Step =
  | { readonly kind: 'write'; readonly name: string; readonly deleted: boolean; readonly variant: string }
  | { readonly kind: 'backup' }
  /** `by`: how much further the versions are than in the backup; 0, or more where etcd was told to go on with newer ones. */
  | { readonly kind: 'restore'; readonly by: number }
  | { readonly kind: 'answer'; readonly name: string; readonly variant: string }
  | { readonly kind: 'late answer' }
  | { readonly kind: 'watcher'; readonly watcher: 0 | 1 };

/** Random lives of a cluster of a few accounts that is now and then put back to what it was, with two watchers and a writer. */
export const anyLife: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('watcher' as const), watcher: fc.constantFrom<0 | 1>(0, 1) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), ...anyChange(), deleted: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'backup' } as const) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const), by: fc.constantFrom(0, 0, 1_000) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('answer' as const), ...anyChange() }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'late answer' } as const) },
  ),
  { minLength: 5, maxLength: 60 },
);

function anyChange() {
  return { name: fc.constantFrom('a', 'b', 'c'), variant: fc.constantFrom('one', 'two') };
}

type Content = ReadonlyMap<string, { readonly version: number; readonly variant: string }>;

/** What an etcd knows, and can be put back to. A restore closes every watch, as the API server is stopped for it. */
export class RestorableCluster {
  revision = 95;
  content: Content = new Map();
  restores = 0;
  #log: ObservedChange[] = [];
  #backup: { readonly revision: number; readonly content: Content } = { revision: 95, content: new Map() };

  write(name: string, variant: string | undefined): ObservedChange {
    const version = ++this.revision;
    const next = new Map(this.content);
    if (variant === undefined) next.delete(name);
    else next.set(name, { version, variant });
    this.content = next;
    const change = changeOf(name, variant, version);
    this.#log.push(change);
    return change;
  }

  backUp(): void {
    this.#backup = { revision: this.revision, content: this.content };
  }

  restore(by: number): void {
    this.revision = this.#backup.revision + by;
    this.content = this.#backup.content;
    this.#log = [];
    this.restores++;
  }

  /** What happened after the version, in this life of the cluster. */
  since(version: number): readonly ObservedChange[] {
    return this.#log.filter(({ resourceVersion }) => Number(resourceVersion) > version);
  }

  list(): readonly ObservedChange[] {
    return [...this.content].map(([name, { version, variant }]) => changeOf(name, variant, version));
  }

  /** What a store must know in the end. */
  observation(): NamespaceObservation {
    const states = this.list().flatMap((change) => (change.kind === 'account' && change.state ? [change.state] : []));
    return { name: 'shop', accounts: states.toSorted((a, b) => (a.name < b.name ? -1 : 1)), secrets: [] };
  }
}

function changeOf(name: string, variant: string | undefined, version: number): ObservedChange {
  const resourceVersion = String(version);
  return variant === undefined
    ? accountGone('shop', name, resourceVersion)
    : accountSeen('shop', name, { resourceVersion, pullSecrets: [variant] });
}

/** One watcher, a step at a time, with the service's own way of noticing a restore. Anything may happen between two steps. */
export class SteppedWatcher {
  readonly #store: ObservationStore;
  readonly #cluster: RestorableCluster;
  #stage: 'round' | 'before list' | 'list' | 'page' | 'end' | 'watch' = 'round';
  #era = '';
  #notice: RestoreNotice | undefined;
  #list: readonly ObservedChange[] = [];
  #version = 0;
  /** In which life of the cluster its watch, or its list, was begun. */
  #life = 0;

  constructor(store: ObservationStore, cluster: RestorableCluster) {
    this.#store = store;
    this.#cluster = cluster;
  }

  /** Whether it follows the cluster as it is now, in the era of now. */
  async isUpToDate(): Promise<boolean> {
    const isCurrent = this.#life === this.#cluster.restores && this.#version === this.#cluster.revision;
    return this.#stage === 'watch' && isCurrent && this.#era === (await this.#store.era());
  }

  async step(): Promise<void> {
    switch (this.#stage) {
      case 'round': {
        this.#era = await this.#store.era();
        const tools = { observations: this.#store, era: this.#era, report: () => undefined };
        this.#notice = noticeRestore('account', { ...tools, signal: new AbortController().signal });
        this.#stage = 'before list';
        return;
      }
      case 'before list':
        await this.#notice?.beforeList();
        this.#stage = 'list';
        return;
      case 'list':
        this.#list = this.#cluster.list();
        this.#version = this.#cluster.revision;
        this.#life = this.#cluster.restores;
        this.#stage = 'page';
        return;
      case 'page':
        await this.#take(() => this.#store.observe(this.#list, { era: this.#era, listVersion: String(this.#version) }));
        if (this.#stage === 'page') this.#stage = 'end';
        return;
      case 'end': {
        const keys = new Set(this.#list.map((change) => `shop/${change.kind === 'account' ? change.name : ''}`));
        const version = String(this.#version);
        await this.#take(() => this.#store.prune('account', keys, version, undefined, this.#era));
        if (this.#stage === 'end') this.#stage = 'watch';
        return;
      }
      case 'watch':
        return this.#watch();
    }
  }

  async #take(work: () => Promise<unknown>): Promise<void> {
    if ((await this.#notice?.isProvenBy(String(this.#version))) === true) this.#stage = 'round';
    else await work();
  }

  async #watch(): Promise<void> {
    if (this.#era !== (await this.#store.era())) this.#stage = 'round';
    // The watch was cut: it asks, and lists again if the server has gone back or cannot go on from there.
    else if (this.#life !== this.#cluster.restores) this.#stage = 'before list';
    else {
      const changes = this.#cluster.since(this.#version);
      this.#version = this.#cluster.revision;
      await this.#store.observe(changes, { era: this.#era });
    }
  }
}
