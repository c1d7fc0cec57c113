import { deleteObject, finalizeNamespace } from './delete-objects.ts';
import type { Change } from './history.ts';
import type { Json } from './json.ts';
import { coreKind, kinds } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { StatusError } from './status-errors.ts';
import type { Store } from './store.ts';
import { createObject } from './write-objects.ts';
import type { WriteOptions } from './write-objects.ts';

export interface ControllerOptions {
  /** How long after its namespace the `default` ServiceAccount is made. */
  readonly defaultAccountDelayMs: number;
  /** How long a namespace stays Terminating before its content goes. */
  readonly namespaceDeletionDelayMs: number;
  /** Whether every namespace gets the ConfigMap `kube-root-ca.crt`. */
  readonly publishRootCa: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What a terminating namespace waits for before it looks again whether finalizers let its content go. */
const finalizerPollMs = 50;

/** The little that we need of kube-controller-manager: default accounts, root certificates, the end of namespaces. */
export class ClusterControllers {
  readonly #store: Store;
  readonly #options: ControllerOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #unsubscribe: () => void;

  constructor(store: Store, options: ControllerOptions) {
    this.#store = store;
    this.#options = options;
    this.#unsubscribe = store.onChange((change) => this.#react(change));
  }

  stop(): void {
    this.#unsubscribe();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #react({ kind, before, after }: Change): void {
    if (kind.kind === 'Namespace' && after !== undefined) {
      const terminating = after.fields['status.phase'] === 'Terminating';
      if (terminating && before?.fields['status.phase'] !== 'Terminating') {
        this.#later(this.#options.namespaceDeletionDelayMs, () => this.#empty(after.name));
      } else if (before === undefined)
        this.#later(this.#options.defaultAccountDelayMs, () => this.#furnish(after.name));
    }
    const goneDefault = kind.kind === 'ServiceAccount' && after === undefined && before?.name === 'default';
    if (goneDefault) this.#later(this.#options.defaultAccountDelayMs, () => this.#furnish(before.namespace));
  }

  #furnish(namespace: string): void {
    this.#create(coreKind('serviceaccounts'), namespace, { metadata: { name: 'default' } });
    if (!this.#options.publishRootCa) return;
    const certificate = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n';
    this.#create(coreKind('configmaps'), namespace, {
      metadata: { name: 'kube-root-ca.crt' },
      data: { 'ca.crt': certificate },
    });
  }

  #create(kind: Kind, namespace: string, body: Json): void {
    const options: WriteOptions = {
      manager: 'kube-controller-manager',
      dryRun: false,
      fieldValidation: 'Ignore',
      subresource: '',
      now: this.#options.now(),
      warnings: [],
    };
    try {
      createObject(this.#store, { kind, namespace, name: '' }, body, options);
    } catch (error) {
      // It exists already, or its namespace is going: nothing to do in either case.
      if (!(error instanceof StatusError)) throw error;
    }
  }

  #empty(namespace: string): void {
    const namespaced = kinds.filter((kind) => kind.namespaced && kind.stored && kind.conversion === undefined);
    for (const kind of namespaced) {
      for (const { name } of this.#store.collection(kind).list(namespace)) {
        deleteObject(
          this.#store,
          { kind, namespace, name },
          { options: null, dryRun: false, now: this.#options.now() },
        );
      }
    }
    if (namespaced.every((kind) => this.#store.collection(kind).list(namespace).length === 0)) {
      finalizeNamespace(this.#store, namespace);
    } else this.#later(finalizerPollMs, () => this.#empty(namespace));
  }

  #later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }
}
