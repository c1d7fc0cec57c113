import type { HungPod } from '../../common/domain/pods/hung-pod.ts';
import { isOutOfQuestion } from '../../common/domain/pods/plan-repair.ts';
import type { ObservedPod, WatchEvent } from '../../common/ports/cluster-watcher.ts';

/** The pods that hang just now and that might be repaired, as a watch tells of them. */
export class HungPods {
  /** By `namespace/name`; the one that was looked at longest ago comes first. */
  readonly #pods = new Map<string, HungPod>();

  take(event: WatchEvent<ObservedPod>): void {
    if (event.type === 'listed') {
      for (const key of this.#pods.keys()) if (!event.keys.has(key)) this.#pods.delete(key);
      return;
    }
    for (const { namespace, name, hung } of event.items) this.#set(`${namespace}/${name}`, hung);
  }

  /** In turn: whoever was looked at longest ago first. */
  all(): readonly HungPod[] {
    return [...this.#pods.values()];
  }

  /** Puts the pod behind all others. */
  lookedAt({ namespace, name }: HungPod): void {
    const key = `${namespace}/${name}`;
    const pod = this.#pods.get(key);
    if (pod !== undefined && this.#pods.delete(key)) this.#pods.set(key, pod);
  }

  #set(key: string, hung: HungPod | undefined): void {
    if (hung === undefined || isOutOfQuestion(hung)) this.#pods.delete(key);
    else if (this.#pods.has(key) || this.#pods.size < podsMax) this.#pods.set(key, hung);
  }
}

/** Those beyond come in later: a pod that hangs changes with each attempt to pull. */
const podsMax = 5000;
