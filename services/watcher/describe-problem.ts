import type { Problem } from '../../common/domain/configuration/problem.ts';

/** A problem as a log line or an Event tells it: where, what, and what to write instead. */
export function describeProblem({ key, line, column, severity, code, message, write }: Problem): string {
  return `${key === '' ? 'ConfigMap' : key}:${line}:${column} ${severity} ${code}: ${message}; write ${write}`;
}
