import type { NamespaceFights } from '../domain/namespaces/fights.ts';
import type { RepairHistory } from '../domain/pods/repair-history.ts';

/** Which objects had to be corrected lately, by namespace; shared by all writers. Small: only what is changed against our will. */
export type FightMemory = {
  read(namespace: string): Promise<NamespaceFights>;
  /** Replaces what is known of the namespace by what `plan` makes of it; `plan` is asked again when somebody else was faster. */
  change<T>(
    namespace: string,
    plan: (before: NamespaceFights) => { readonly fights: NamespaceFights; readonly answer: T },
  ): Promise<T>;
  /** Namespaces of which anything is known. */
  namespaces(): Promise<readonly string[]>;
};

/** The last evictions of hung pods, shared by all writers. */
export type RepairMemory = {
  read(): Promise<RepairHistory>;
  /** Replaces what is known by what `plan` makes of it; `plan` is asked again when somebody else was faster. */
  change<T>(plan: (before: RepairHistory) => { readonly history: RepairHistory; readonly answer: T }): Promise<T>;
};

/** Whose turn the sweep is, where several writers have a clock of their own. */
export type SweepTurns = {
  /** The number of the turn, from 0; `undefined` when somebody took one less than about `everySeconds` ago. */
  next(everySeconds: number): Promise<number | undefined>;
};
