import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { repositoryRoot } from '../real-parts/repository-root.ts';

/** What tests look at in docker-compose.yml, with its merge keys resolved. */
export type ComposeFile = {
  readonly services: Readonly<Record<string, ComposeService>>;
};

export type ComposeService = {
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly healthcheck?: unknown;
  readonly scale?: number;
};

export function readComposeFile(): ComposeFile {
  return parse(readFileSync(join(repositoryRoot(), 'docker-compose.yml'), 'utf8'), { merge: true }) as ComposeFile;
}
