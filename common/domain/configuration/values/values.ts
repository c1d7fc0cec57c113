import type { Report } from '../problems/problem.ts';
import type { KeyName } from '../schema.ts';

/** The values of one ConfigMap, as far as they may be read. */
export type Values = {
  /** Absent: the key is not there, or its value is not to be read (which was reported). */
  get(key: KeyName): { readonly text: string; readonly report: Report } | undefined;
};
