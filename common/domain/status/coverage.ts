import { coverageStates, type CoverageState } from '../namespaces/coverage.ts';
import { rowsMax, type Coverage, type NamespaceStatus } from './status.ts';

/** Adds up namespaces one by one, so that a large cluster is never held twice. */
export class CoverageTally {
  readonly #rowsMax: number;
  readonly #isShown: (status: NamespaceStatus) => boolean;
  readonly #rows: NamespaceStatus[] = [];
  readonly #states = new Map<CoverageState, number>();
  readonly #accounts = { selected: 0, attached: 0 };
  #shown = 0;

  /** `everything`: every namespace is a row, and not only those that are not served. */
  constructor(everything: boolean) {
    this.#rowsMax = everything ? Infinity : rowsMax;
    this.#isShown = ({ state, reasons }) =>
      everything || reasons.length > 0 || (state !== 'served' && state !== 'not-selected');
  }

  add(status: NamespaceStatus): void {
    this.#states.set(status.state, this.#count(status.state) + 1);
    this.#accounts.selected += status.accounts.selected;
    this.#accounts.attached += status.accounts.attached;
    if (!this.#isShown(status)) return;
    this.#shown++;
    if (this.#rows.length < this.#rowsMax) this.#rows.push(status);
  }

  result(listed: boolean): Coverage {
    const served = this.#count('served');
    const leftAlone = this.#count('secret-of-another');
    const total = coverageStates.reduce((sum, state) => sum + this.#count(state), 0);
    const selected = total - this.#count('not-selected');
    return {
      listed,
      namespaces: { total, selected, served, waiting: selected - served - leftAlone, leftAlone },
      accounts: { ...this.#accounts },
      rows: this.#rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      more: this.#shown - this.#rows.length,
    };
  }

  #count(state: CoverageState): number {
    return this.#states.get(state) ?? 0;
  }
}
