import { eventConversion } from './event-conversion.ts';
import type { Conversion } from './event-conversion.ts';
import {
  deploymentShapes,
  eventShapes,
  plainShapes,
  podShapes,
  policyShapes,
  serviceAccountShapes,
  webhookShapes,
} from './field-shapes.ts';
import type { FieldShapes } from './field-shapes.ts';
import {
  configMapColumns,
  deploymentColumns,
  eventColumns,
  leaseColumns,
  namespaceColumns,
  plainColumns,
  podColumns,
  secretColumns,
  webhookColumns,
} from './printer-columns.ts';
import type { PrinterColumn } from './printer-columns.ts';

/** Everything the server knows about one kind of object. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Where the objects are kept; two kinds with the same storage are two views of the same objects. */
  readonly storage: string;
  /** `false` for reviews, which are answered and not kept. */
  readonly stored: boolean;
  readonly nameRule: 'label' | 'subdomain';
  /** The fields beside kind, apiVersion and metadata; others are dropped, as a typed decoder would. Absent: anything is kept. */
  readonly knownFields?: readonly string[];
  readonly shapes: FieldShapes;
  /** Field selectors beside metadata.name and metadata.namespace: label → path in the object. */
  readonly fieldLabels: Readonly<Record<string, readonly string[]>>;
  /** The fields whose change raises metadata.generation. */
  readonly generationFields: readonly string[];
  readonly hasStatus: boolean;
  /** Whether an update without a resourceVersion is accepted. */
  readonly unconditionalUpdate: boolean;
  /** Whether DELETE answers with the object and not with a Status. */
  readonly returnsDeleted: boolean;
  readonly deleteCollection: boolean;
  readonly columns: readonly PrinterColumn[];
  readonly conversion?: Conversion;
}

const admission = { group: 'admissionregistration.k8s.io', namespaced: false, unconditionalUpdate: false } as const;
const webhooks = {
  ...admission,
  shapes: webhookShapes,
  columns: webhookColumns,
  generationFields: ['webhooks'],
  categories: ['api-extensions'],
} as const;
const policies = {
  ...admission,
  shapes: policyShapes,
  generationFields: ['spec'],
  categories: ['api-extensions'],
} as const;

/** Every kind that the simulator serves. */
export const kinds: readonly Kind[] = [
  define('ConfigMap', 'configmaps', {
    shortNames: ['cm'],
    columns: configMapColumns,
    knownFields: ['data', 'binaryData', 'immutable'],
  }),
  define('Event', 'events', {
    shortNames: ['ev'],
    shapes: eventShapes,
    columns: eventColumns,
    fieldLabels: {
      ...eventAbout('involvedObject', 'involvedObject'),
      reason: ['reason'],
      reportingComponent: ['reportingComponent'],
      source: ['source', 'component'],
      type: ['type'],
    },
  }),
  define('Namespace', 'namespaces', {
    shortNames: ['ns'],
    namespaced: false,
    nameRule: 'label',
    columns: namespaceColumns,
    fieldLabels: { 'status.phase': ['status', 'phase'], name: ['metadata', 'name'] },
    knownFields: ['spec', 'status'],
    hasStatus: true,
    returnsDeleted: true,
    deleteCollection: false,
  }),
  define('Pod', 'pods', {
    shortNames: ['po'],
    categories: ['all'],
    shapes: podShapes,
    columns: podColumns,
    fieldLabels: {
      'spec.nodeName': ['spec', 'nodeName'],
      'spec.serviceAccountName': ['spec', 'serviceAccountName'],
      'status.phase': ['status', 'phase'],
    },
    hasStatus: true,
    returnsDeleted: true,
  }),
  define('Secret', 'secrets', {
    columns: secretColumns,
    fieldLabels: { type: ['type'] },
    knownFields: ['data', 'stringData', 'type', 'immutable'],
  }),
  define('ServiceAccount', 'serviceaccounts', {
    shortNames: ['sa'],
    shapes: serviceAccountShapes,
    knownFields: ['secrets', 'imagePullSecrets', 'automountServiceAccountToken'],
    returnsDeleted: true,
  }),
  define('Deployment', 'deployments', {
    group: 'apps',
    shortNames: ['deploy'],
    categories: ['all'],
    shapes: deploymentShapes,
    columns: deploymentColumns,
    generationFields: ['spec'],
    hasStatus: true,
  }),
  define('Event', 'events', {
    group: 'events.k8s.io',
    storage: '/events',
    shortNames: ['ev'],
    shapes: eventShapes,
    columns: eventColumns,
    fieldLabels: {
      ...eventAbout('regarding', 'involvedObject'),
      reason: ['reason'],
      reportingController: ['reportingComponent'],
      type: ['type'],
    },
    conversion: eventConversion,
  }),
  define('SelfSubjectAccessReview', 'selfsubjectaccessreviews', {
    group: 'authorization.k8s.io',
    namespaced: false,
    stored: false,
  }),
  define('MutatingAdmissionPolicy', 'mutatingadmissionpolicies', policies),
  define('MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings', policies),
  define('MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', webhooks),
  define('ValidatingAdmissionPolicy', 'validatingadmissionpolicies', { ...policies, hasStatus: true }),
  define('ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings', policies),
  define('ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', webhooks),
  define('Lease', 'leases', { group: 'coordination.k8s.io', columns: leaseColumns, unconditionalUpdate: false }),
];

/** `v1` or `apps/v1`. */
export function apiVersionOf(kind: Kind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** The kind's name in messages and metrics: `secrets`, `deployments.apps`. */
export function resourceNameOf(kind: Kind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

export function kindByResource(group: string, version: string, plural: string): Kind | undefined {
  return kinds.find((kind) => kind.plural === plural && kind.group === group && kind.version === version);
}

/** A kind of the core group, by its plural. It must be in the table. */
export function coreKind(plural: 'configmaps' | 'namespaces' | 'secrets' | 'serviceaccounts'): Kind {
  const found = kindByResource('', 'v1', plural);
  if (found === undefined) throw new Error(`The table of kinds has no core kind ${plural}; add it to kinds.ts.`);
  return found;
}

function define(kind: string, plural: string, particular: Partial<Kind>): Kind {
  const group = particular.group ?? '';
  return {
    group,
    version: 'v1',
    kind,
    plural,
    namespaced: true,
    shortNames: [],
    categories: [],
    storage: `${group}/${plural}`,
    stored: true,
    nameRule: 'subdomain',
    shapes: plainShapes,
    fieldLabels: {},
    generationFields: [],
    hasStatus: false,
    unconditionalUpdate: true,
    returnsDeleted: false,
    deleteCollection: true,
    columns: plainColumns,
    ...particular,
  };
}

function eventAbout(label: string, field: string): Record<string, readonly string[]> {
  const parts = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
  return Object.fromEntries(parts.map((part) => [`${label}.${part}`, [field, part]]));
}
