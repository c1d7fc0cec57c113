import { parseAllDocuments } from 'yaml';
import { isJsonObject, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { apiVersionOf, kinds } from './kinds.ts';

/**
 * Applies the manifests of a YAML text in their order, as `kubectl apply --server-side` does.
 *
 * @param url of a server that asks for no login.
 * @throws Error with the manifest's number and what the server said; those before it stay.
 */
export async function loadManifests(url: string, text: string): Promise<void> {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return;
  for (const [index, document] of documents.entries()) {
    const problem = document.errors[0]?.message;
    if (problem !== undefined) throw new Error(`Manifest ${index + 1} is no YAML: ${problem}`);
    const manifest = document.toJS() as Json;
    if (manifest === null) continue;
    if (!isJsonObject(manifest)) throw new Error(`Manifest ${index + 1} is no object.`);
    await apply(url, manifest, index + 1);
  }
}

async function apply(url: string, manifest: JsonObject, number: number): Promise<void> {
  const answer = await fetch(`${url}${pathOf(manifest, number)}?fieldManager=kubectl&force=true`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify(manifest),
  });
  const said = await answer.text();
  if (!answer.ok) throw new Error(`Manifest ${number} was answered with ${answer.status}: ${said}`);
}

function pathOf(manifest: JsonObject, number: number): string {
  const apiVersion = textAt(manifest, ['apiVersion']);
  const kindName = textAt(manifest, ['kind']);
  const kind = kinds.find((row) => row.kind === kindName && apiVersionOf(row) === apiVersion);
  if (kind === undefined) {
    throw new Error(`Manifest ${number}: there is no kind "${kindName}" in "${apiVersion}"; see kinds.ts.`);
  }
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${apiVersion}`;
  const namespace = kind.namespaced ? `/namespaces/${textAt(manifest, ['metadata', 'namespace']) || 'default'}` : '';
  return `${root}${namespace}/${kind.plural}/${textAt(manifest, ['metadata', 'name'])}`;
}
