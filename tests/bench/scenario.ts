import type { Stage } from './stage.ts';

/** One line of the table. Empty where it does not apply. */
export type Row = {
  readonly work: string;
  /** How the helper runs: `standalone`, `distributed`, or empty. */
  readonly mode: string;
  readonly measured: string;
  readonly floor?: string;
  readonly ratio?: string;
  readonly goal: string;
};

/** Something that is measured, by the name that `npm run bench -- NAME…` picks it by. */
export type Scenario = {
  readonly name: string;
  readonly does: string;
  readonly run: (stage: Stage) => Promise<readonly Row[]>;
};
