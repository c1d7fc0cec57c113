import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';

import { parseDocument } from 'yaml';

import { Failure } from '../../../domain/failure.ts';

/** What one or several kubeconfig files say, not interpreted yet. */
export type Kubeconfig = {
  readonly currentContext: string | undefined;
  readonly clusters: readonly KubeconfigEntry[];
  readonly users: readonly KubeconfigEntry[];
  readonly contexts: readonly KubeconfigEntry[];
};

export type KubeconfigEntry = {
  readonly name: string;
  /** The file that the entry is in: its relative paths start at the file's folder. */
  readonly path: string;
  readonly value: YamlMap;
};

export type YamlMap = Readonly<Record<string, unknown>>;

/**
 * Reads the files; of entries with the same name the first counts, as with kubectl. With several paths a missing file
 * is passed over, as with kubectl, unless all are missing. Throws `kubeconfig-invalid`.
 */
export async function loadKubeconfig(paths: readonly string[]): Promise<Kubeconfig> {
  const files: ParsedFile[] = [];
  let missing: Failure | undefined;
  for (const path of paths) {
    const text = await readText(path);
    if (text instanceof Failure) missing = text;
    else files.push({ path, content: parse(text, path) });
  }
  if (files.length === 0) throw missing ?? new Failure('kubeconfig-invalid', 'the path of the kubeconfig is empty');
  return {
    currentContext: files.map(({ content }) => textOf(content, 'current-context')).find((name) => name !== undefined),
    clusters: entriesOf(files, 'clusters', 'cluster'),
    users: entriesOf(files, 'users', 'user'),
    contexts: entriesOf(files, 'contexts', 'context'),
  };
}

/** The entry of that name. */
export function pickEntry(entries: readonly KubeconfigEntry[], name: string): KubeconfigEntry | undefined {
  return entries.find((entry) => entry.name === name);
}

/** A string that is there and not empty. */
export function textOf(map: YamlMap, key: string): string | undefined {
  const value = map[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function mapOf(map: YamlMap, key: string): YamlMap | undefined {
  const value = map[key];
  return isMap(value) ? value : undefined;
}

/** Paths in a kubeconfig are relative to its folder. */
export function absolutePath(entry: KubeconfigEntry, path: string): string {
  return isAbsolute(path) ? path : join(dirname(entry.path), path);
}

/** A file that an entry names. Throws `kubeconfig-invalid` that says which field named it. */
export async function readNamedFile(entry: KubeconfigEntry, field: string, path: string): Promise<string> {
  const absolute = absolutePath(entry, path);
  return readFile(absolute, 'utf8').catch((error: unknown) => {
    throw new Failure(
      'kubeconfig-invalid',
      `kubeconfig ${entry.path}: cannot read ${absolute}, the ${field} of "${entry.name}": ${reasonOf(error)}`,
    );
  });
}

type ParsedFile = { readonly path: string; readonly content: YamlMap };

async function readText(path: string): Promise<string | Failure> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return new Failure(
      'kubeconfig-invalid',
      `cannot read the kubeconfig ${path}: ${reasonOf(error)}`,
      path.startsWith('~') ? { hint: 'write the path in full: only a shell knows what ~ stands for' } : {},
    );
  }
}

function parse(text: string, path: string): YamlMap {
  const document = parseDocument(text, { prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const line = text.slice(0, problem.pos[0]).split('\n').length;
    throw new Failure(
      'kubeconfig-invalid',
      `the kubeconfig ${path} is not YAML: line ${line}: ${firstLine(problem.message)}`,
    );
  }
  const content: unknown = document.toJS();
  if (text.trim() === '') throw new Failure('kubeconfig-invalid', `the kubeconfig ${path} is empty`);
  if (!isMap(content)) throw new Failure('kubeconfig-invalid', `the kubeconfig ${path} is not a YAML mapping`);
  return content;
}

function entriesOf(files: readonly ParsedFile[], list: string, key: string): readonly KubeconfigEntry[] {
  return files.flatMap(({ path, content }) => {
    const entries = content[list];
    if (!Array.isArray(entries)) return [];
    return entries.filter(isMap).map((entry) => ({
      name: textOf(entry, 'name') ?? '',
      path,
      value: mapOf(entry, key) ?? {},
    }));
  });
}

export function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (code === '' ? firstLine(String(error)) : code);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
