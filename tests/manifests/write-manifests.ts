import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { generatedManifests } from './manifests.ts';

const files = join(repositoryRoot(), 'deploy', 'helm', 'acr-credential-helper', 'files');
for (const [path, text] of await writtenTwice()) write(path, text);

/** The chart is rendered from what the first round puts into its folder. */
async function writtenTwice(): Promise<ReadonlyMap<string, string>> {
  rmSync(files, { recursive: true, force: true });
  for (const [path, text] of await generatedManifests()) write(path, text);
  return generatedManifests();
}

function write(path: string, text: string): void {
  const file = join(repositoryRoot(), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
