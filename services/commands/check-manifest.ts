import { applyEdits } from '../../common/domain/configuration/yaml/edited-text.ts';
import type { Finding } from '../../common/domain/configuration/problems/problem.ts';
import { tooDeepAt } from '../../common/domain/configuration/yaml/nesting-bound.ts';
import { keys } from '../../common/domain/configuration/schema.ts';
import { tidyText } from '../../common/domain/configuration/yaml/tidy-text.ts';
import { parseManifestYaml, type ManifestNode } from './check-manifest-yaml.ts';
import { findTemplate } from './check-template.ts';

/** The ConfigMap, or the part of a Helm values file, that holds our keys. */
export type FoundConfiguration = {
  /** `namespace/name`; absent for a values file. */
  readonly name?: string | undefined;
  /** The ConfigMap is not the one that the helper reads. */
  readonly otherName?: Finding | undefined;
  readonly data: ManifestNode & { readonly kind: 'mapping' };
  readonly binaryData?: (ManifestNode & { readonly kind: 'mapping' }) | undefined;
  /** Whether every value has to be a string, as the API demands; a values file is turned into strings by its chart. */
  readonly stringsOnly: boolean;
};

export type Manifest = {
  readonly found: readonly FoundConfiguration[];
  /** What kubectl would stumble over, and a file without a configuration; spans are in the file's text. */
  readonly findings: readonly Finding[];
};

/**
 * Finds the configuration in a file: ConfigMaps named `acr-configuration`, or else with a key of ours, in YAML (several
 * documents, lists) or JSON; or a mapping with keys of ours at any depth of a Helm values file. A file with slips that kubectl
 * refuses is still read as far as it goes, so that everything is said at once.
 */
export function readManifest(text: string): Manifest {
  const tooDeep = tooDeepAt(text);
  if (tooDeep !== undefined) return { found: [], findings: [tooDeepFinding(tooDeep)] };
  const tidied = tidyText(text, (name) => outerNames.has(name));
  if (tidied.refused !== undefined && tidied.refused.code !== 'unclosed-bracket')
    return { found: [], findings: [refusedByKubectl(tidied.refused)] };
  const withoutMark = applyEdits(text, text.startsWith('\uFEFF') ? [{ at: 0, remove: 1, insert: '' }] : []);
  const asWritten = parseManifestYaml(withoutMark);
  if (asWritten.findings.length === 0) return refuseTemplate(text, locate(asWritten.documents, []));
  const mended = parseManifestYaml(applyEdits(text, tidied.edits));
  const slips = tidied.findings
    .filter(({ code }) => code !== 'line-ending' && code !== 'byte-order-mark')
    .map((finding) => refusedByKubectl(finding));
  /** The slip that the strict parser stumbled over says more than that it did. */
  const explained = (finding: Finding): Finding =>
    slips.find(({ span }) => span.start === finding.span.start) ?? finding;
  const manifest =
    mended.findings.length === 0 && slips.length > 0
      ? locate(mended.documents, slips)
      : locate(asWritten.documents, asWritten.findings.map(explained));
  return refuseTemplate(text, manifest);
}

function refuseTemplate(text: string, manifest: Manifest): Manifest {
  const ours = manifest.found.map(({ data }) => data.span);
  const template = findTemplate(
    text,
    ours,
    manifest.findings.every(({ code }) => code === 'other-config-map'),
  );
  return template === undefined ? manifest : { found: [], findings: [template] };
}

function tooDeepFinding(at: number): Finding {
  return {
    code: 'nesting-too-deep',
    span: { start: at, end: at + 1 },
    message: 'the file is nested far too deep to be read',
    write: 'a file with the ConfigMap alone',
  };
}

const configMapNamespace = 'kube-system';
const configMapName = 'acr-configuration';
const ours: ReadonlySet<string> = new Set(keys.map((key) => key.name));
const outerNames: ReadonlySet<string> = new Set([
  ...ours,
  'apiVersion',
  'kind',
  'metadata',
  'name',
  'namespace',
  'data',
]);

/** What a value forgives, the file around it does not: kubectl hands it to a strict parser. */
function refusedByKubectl(finding: Finding): Finding {
  return { ...finding, code: 'manifest-syntax', message: `${finding.message}; kubectl refuses this file` };
}

function locate(documents: readonly ManifestNode[], findings: readonly Finding[]): Manifest {
  const configMaps = documents.flatMap((document) => configMapsIn(document, 0));
  const named = configMaps.filter((candidate) => candidate.name?.endsWith(`/${configMapName}`));
  const withOurKeys = configMaps.filter((candidate) => hasOurKeys(candidate.data) || hasOurKeys(candidate.binaryData));
  const chosen = named.length > 0 ? named : withOurKeys;
  const found = chosen.length > 0 ? chosen : documents.flatMap((document) => valuesIn(document, 0));
  if (found.length > 0 || findings.length > 0) {
    return { found, findings: [...findings, ...found.flatMap(({ otherName }) => otherName ?? [])] };
  }
  return { found, findings: [nothingFound(documents)] };
}

const maxDepth = 16;

function configMapsIn(node: ManifestNode, depth: number): readonly FoundConfiguration[] {
  if (node.kind !== 'mapping' || depth > maxDepth) return [];
  const items = fieldOf(node, 'items');
  if (items?.kind === 'list') return items.items.flatMap((item) => configMapsIn(item, depth + 1));
  if (textOf(fieldOf(node, 'kind')) !== 'ConfigMap') return [];
  const metadata = fieldOf(node, 'metadata');
  const name = metadata && fieldOf(metadata, 'name');
  const namespace = metadata && fieldOf(metadata, 'namespace');
  const data = fieldOf(node, 'data');
  const binaryData = fieldOf(node, 'binaryData');
  return [
    {
      name: `${textOf(namespace) ?? 'default'}/${textOf(name) ?? ''}`,
      ...otherName(name, namespace),
      data: data?.kind === 'mapping' ? data : { kind: 'mapping', fields: [], span: node.span },
      ...(binaryData?.kind === 'mapping' ? { binaryData } : {}),
      stringsOnly: true,
    },
  ];
}

/** A ConfigMap without a namespace is put into one by whoever applies it. */
function otherName(
  name: ManifestNode | undefined,
  namespace: ManifestNode | undefined,
): { readonly otherName?: Finding } {
  const isOther = (node: ManifestNode | undefined, expected: string): boolean =>
    textOf(node) !== undefined && textOf(node) !== expected;
  const other = isOther(name, configMapName) ? name : isOther(namespace, configMapNamespace) ? namespace : undefined;
  if (other === undefined) return {};
  return {
    otherName: {
      code: 'other-config-map',
      span: other.span,
      message: `the helper reads the ConfigMap ${configMapNamespace}/${configMapName}, and not this one`,
      write: 'that name and namespace, or --config-map with this one when the helper is started',
    },
  };
}

/** A values file: the outermost mapping that has a key of ours. */
function valuesIn(node: ManifestNode, depth: number): readonly FoundConfiguration[] {
  if (depth > maxDepth || node.kind === 'scalar') return [];
  if (node.kind === 'list') return node.items.flatMap((item) => valuesIn(item, depth + 1));
  if (textOf(fieldOf(node, 'kind')) !== undefined && fieldOf(node, 'apiVersion') !== undefined) return [];
  if (hasOurKeys(node)) return [{ data: node, stringsOnly: false }];
  return node.fields.flatMap((field) => valuesIn(field.value, depth + 1));
}

/** A word such as `rrsa` alone may be somebody else's; two of our keys, or one long name, are not. */
function hasOurKeys(node: ManifestNode | undefined): boolean {
  if (node?.kind !== 'mapping') return false;
  return node.fields.some(({ name }) => ours.has(name) && name.includes('-'));
}

function fieldOf(node: ManifestNode, name: string): ManifestNode | undefined {
  return node.kind === 'mapping' ? node.fields.findLast((field) => field.name === name)?.value : undefined;
}

function textOf(node: ManifestNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined;
}

function nothingFound(documents: readonly ManifestNode[]): Finding {
  const what = documents.length === 0 ? 'the file is empty' : 'the file holds no ConfigMap with a key of this program';
  return {
    code: 'no-configuration',
    span: { start: 0, end: 1 },
    message: what,
    write: `a ConfigMap named ${configMapName}, or a Helm values file with its keys`,
  };
}
