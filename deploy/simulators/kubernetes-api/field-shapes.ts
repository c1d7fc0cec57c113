/**
 * How a field merges when it is not a plain nested object: which lists are keyed, sets, or replaced whole, and which objects
 * are one value. Paths are dotted field names without list positions. A list that is not named here is atomic, as in the
 * published schemas (`x-kubernetes-list-type`, `x-kubernetes-map-type`).
 */
export interface FieldShapes {
  readonly lists: Readonly<Record<string, ListShape>>;
  /** Objects and list items that are owned and replaced as one value. */
  readonly atomic: ReadonlySet<string>;
  /** Structures that the real server's types always hold: adding one is no change of its own, unlike adding a map. */
  readonly alwaysPresent: ReadonlySet<string>;
}

/** `keyed`: items merge by these fields; `set`: items are plain values. */
export type ListShape = { readonly type: 'keyed'; readonly keys: readonly string[] } | { readonly type: 'set' };

const byName: ListShape = { type: 'keyed', keys: ['name'] };
const set: ListShape = { type: 'set' };

const metadataLists: Readonly<Record<string, ListShape>> = {
  'metadata.finalizers': set,
  'metadata.ownerReferences': { type: 'keyed', keys: ['uid'] },
  'status.conditions': { type: 'keyed', keys: ['type'] },
};

const alwaysPresent = new Set([
  'metadata',
  'spec',
  'status',
  'source',
  'spec.template',
  'spec.template.metadata',
  'spec.template.spec',
]);

export const plainShapes: FieldShapes = shapes({});

/** `imagePullSecrets` is absent on purpose: it is atomic, unlike `secrets`. */
export const serviceAccountShapes: FieldShapes = shapes({ lists: { secrets: byName }, atomic: ['secrets'] });

export const eventShapes: FieldShapes = shapes({ atomic: ['involvedObject', 'related', 'regarding'] });

export const podShapes: FieldShapes = shapes(podParts('spec'));

export const deploymentShapes: FieldShapes = shapes({
  lists: podParts('spec.template.spec').lists,
  atomic: ['spec.selector', ...podParts('spec.template.spec').atomic],
});

export const webhookShapes: FieldShapes = shapes({
  lists: { webhooks: byName, 'webhooks.matchConditions': byName },
  atomic: ['webhooks.namespaceSelector', 'webhooks.objectSelector'],
});

export const policyShapes: FieldShapes = shapes({
  lists: { 'spec.matchConditions': byName, 'spec.variables': byName },
  atomic: ['spec.paramKind', 'spec.paramRef'],
});

interface Parts {
  readonly lists?: Readonly<Record<string, ListShape>>;
  readonly atomic?: readonly string[];
}

function shapes(parts: Parts): FieldShapes {
  return {
    lists: { ...metadataLists, ...parts.lists },
    atomic: new Set(parts.atomic),
    alwaysPresent,
  };
}

function podParts(spec: string): Required<Parts> {
  const lists: Record<string, ListShape> = { [`${spec}.volumes`]: byName, [`${spec}.imagePullSecrets`]: byName };
  for (const containers of ['containers', 'initContainers']) {
    lists[`${spec}.${containers}`] = byName;
    lists[`${spec}.${containers}.env`] = byName;
    lists[`${spec}.${containers}.ports`] = { type: 'keyed', keys: ['containerPort', 'protocol'] };
    lists[`${spec}.${containers}.volumeMounts`] = { type: 'keyed', keys: ['mountPath'] };
  }
  return { lists, atomic: [`${spec}.nodeSelector`] };
}
