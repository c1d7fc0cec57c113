import type { CheckedFile } from './check-file.ts';

/** The machine-readable form; secrets in the configuration show as `[secret]`. */
export function renderJson(files: readonly CheckedFile[]): string {
  const shown = files.map(({ file, configMap, problems, configuration }) => ({
    file,
    ...(configMap === undefined ? {} : { configMap }),
    problems: problems.map((problem) => ({
      line: problem.line,
      column: problem.column,
      severity: problem.severity,
      code: problem.code,
      key: problem.key === '' ? null : problem.key,
      entry: problem.entry ?? null,
      field: problem.field ?? null,
      message: problem.message,
      found: problem.found ?? null,
      write: problem.write,
      docs: problem.docs,
    })),
    configuration: configuration ?? null,
  }));
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}
