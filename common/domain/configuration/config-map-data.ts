import { docsAnchor, problemCatalog, type ProblemCode } from './problems/problem-catalog.ts';
import type { Problem } from './problems/problem.ts';
import { parseConfiguration, type ParsedConfiguration } from './parse-configuration.ts';
import { keys, maxValueBytes } from './schema.ts';

/** What a ConfigMap holds, as the API gives it. */
export type ConfigMapContent = {
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** Base64: what the client did not take for text. */
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
};

/**
 * As `parseConfiguration`, with `binaryData` too: a key of ours that landed there is read if it is UTF-8 text (with a
 * warning), and refused if not.
 */
export function parseConfigMap(content: ConfigMapContent): ParsedConfiguration {
  const data: [string, string][] = Object.entries(content.data ?? {});
  const problems: Problem[] = [];
  for (const [key, encoded] of Object.entries(content.binaryData ?? {})) {
    if (!keys.some((setting) => setting.name === key)) continue;
    const text = decode(encoded);
    if (text === undefined) {
      problems.push(
        aboutKey(
          key,
          'invalid-utf8',
          `${key} is under binaryData and is not UTF-8 text`,
          'the key under data, saved as UTF-8',
        ),
      );
    } else {
      problems.push(
        aboutKey(key, 'binary-data', `${key} is under binaryData; its text was read from there`, 'the key under data'),
      );
      data.push([key, text]);
    }
  }
  const parsed = parseConfiguration(Object.fromEntries(data));
  const broken = problems.some((problem) => problem.severity === 'error');
  return {
    problems: [...problems, ...parsed.problems],
    ...(broken || parsed.configuration === undefined ? {} : { configuration: parsed.configuration }),
  };
}

function decode(encoded: string): string | undefined {
  if (encoded.length > 2 * maxValueBytes) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined;
  }
}

function aboutKey(key: string, code: ProblemCode, message: string, write: string): Problem {
  const { severity } = problemCatalog[code];
  return { code, severity, key, line: 1, column: 1, length: 1, message, write, docs: docsAnchor(code) };
}
