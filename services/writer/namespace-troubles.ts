import type { Failure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { ObservedNamespace } from '../../common/domain/namespaces/observation.ts';
import type { LeftAlone } from '../../common/domain/namespaces/plan-namespace.ts';

/** What keeps a namespace from being served as configured. */
export type Trouble = { readonly leftAlone: readonly LeftAlone[]; readonly failure?: Failure | undefined };

/**
 * Reports what keeps a namespace from being served once, when it begins or becomes another, and once when it is over; not with
 * each of the many attempts in between.
 */
export class NamespaceTroubles {
  readonly #report: Report;
  /** Only namespaces in trouble; the one that is longest in it is forgotten first, and then only reported again. */
  readonly #known = new Map<string, string>();

  constructor(report: Report) {
    this.#report = report;
  }

  update({ name, uid }: Pick<ObservedNamespace, 'name' | 'uid'>, { leftAlone, failure }: Trouble): void {
    const before = this.#known.get(name);
    if (leftAlone.length === 0 && failure === undefined) {
      if (before === undefined) return;
      this.#known.delete(name);
      this.#report({ kind: 'namespace-recovered', namespace: name, uid });
      return;
    }
    const now = JSON.stringify([uid, leftAlone, failure?.code, failure?.message]);
    if (now === before) return;
    this.#remember(name, now);
    for (const { secret } of leftAlone)
      this.#report({ kind: 'secret-left-alone', namespace: name, uid, secret, takeOver });
    if (failure !== undefined) this.#report({ kind: 'namespace-blocked', namespace: name, uid, failure });
  }

  #remember(namespace: string, trouble: string): void {
    this.#known.set(namespace, trouble);
    if (this.#known.size <= namespacesMax) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }
}

const namespacesMax = 10_000;
const takeOver = 'take-over: "true" adopts it, --secret-name chooses another name';
