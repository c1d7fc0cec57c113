import type { AdmissionSettings } from '../configuration/configuration.ts';
import { admissionName, type AdmissionObject } from './admission-objects.ts';
import { literal } from './cel-text.ts';
import { labelSelector } from './mutating-policy.ts';
import type { AdmissionRules } from './reference-rules.ts';

/** How the API server reaches the webhook. */
export type WebhookAddress = {
  readonly target:
    | { readonly kind: 'service'; readonly namespace: string; readonly name: string }
    /** Outside of the cluster; without a path. */
    | { readonly kind: 'url'; readonly url: string };
  /** PEM of the authorities of its certificate; absent: somebody else writes it into the object (cert-manager's injector). */
  readonly caBundle?: string | undefined;
};

/** Paths that the webhook serves. */
export const webhookPaths = { accounts: '/accounts', pods: '/pods', configuration: '/configuration' } as const;

/** The mutating webhook for new ServiceAccounts, and for new pods where these are asked for. */
export function mutatingWebhook(
  rules: AdmissionRules,
  settings: AdmissionSettings,
  address: WebhookAddress,
  ownNamespace: string,
): AdmissionObject {
  const common = {
    ...reviewed,
    failurePolicy: settings.failurePolicy,
    timeoutSeconds: settings.timeoutSeconds,
    reinvocationPolicy: 'IfNeeded',
    namespaceSelector: withoutSystem(rules, ownNamespace),
  };
  const accounts = {
    ...common,
    name: `serviceaccounts.admission.${admissionName}`,
    clientConfig: clientConfig(address, webhookPaths.accounts),
    rules: [created('serviceaccounts')],
    objectSelector: labelSelector(rules.accountSelector),
    matchConditions: [notIgnored, notServed(rules, 'object')],
  };
  const pods = {
    ...common,
    name: `pods.admission.${admissionName}`,
    clientConfig: clientConfig(address, webhookPaths.pods),
    rules: [created('pods')],
    objectSelector: {},
    matchConditions: [notIgnored, bringsOwnList, notServed(rules, 'object.spec')],
  };
  const forPods = settings.pods && rules.accountSelector === undefined;
  return {
    kind: 'MutatingWebhookConfiguration',
    name: admissionName,
    content: { webhooks: forPods ? [accounts, pods] : [accounts] },
  };
}

/** The webhook that looks at edits of the ConfigMap. It may be away: an edit that it did not see is judged when it is taken over. */
export function configurationGuard(
  configMap: { readonly namespace: string; readonly name: string },
  address: WebhookAddress,
): AdmissionObject {
  const webhook = {
    ...reviewed,
    name: `configuration.admission.${admissionName}`,
    clientConfig: clientConfig(address, webhookPaths.configuration),
    failurePolicy: 'Ignore',
    timeoutSeconds: 5,
    rules: [
      {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['configmaps'],
        scope: 'Namespaced',
      },
    ],
    namespaceSelector: {
      matchExpressions: [{ key: namespaceNameLabel, operator: 'In', values: [configMap.namespace] }],
    },
    objectSelector: {},
    matchConditions: [{ name: 'the-configuration', expression: `object.metadata.name == ${literal(configMap.name)}` }],
  };
  return { kind: 'ValidatingWebhookConfiguration', name: admissionName, content: { webhooks: [webhook] } };
}

/** PEM of the authority by which the webhooks of these objects are reached: the first one of the bundle, which is the one in use. */
export function registeredAuthority(contents: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  for (const { webhooks } of contents) {
    const [webhook] = Array.isArray(webhooks) ? (webhooks as readonly RegisteredWebhook[]) : [];
    const bundle = webhook?.clientConfig?.caBundle;
    const authority = typeof bundle === 'string' ? firstCertificate.exec(decode(bundle))?.[0] : undefined;
    if (authority !== undefined) return authority;
  }
  return undefined;
}

type RegisteredWebhook = { readonly clientConfig?: { readonly caBundle?: unknown } } | undefined;

const firstCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/;

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** A webhook that is called for these could keep a cluster from starting, and the helper from coming back. */
export function exemptNamespaces(ownNamespace: string): readonly string[] {
  return [...new Set(['kube-system', ownNamespace])];
}

const namespaceNameLabel = 'kubernetes.io/metadata.name';

const reviewed = { admissionReviewVersions: ['v1'], matchPolicy: 'Equivalent', sideEffects: 'None' };

function created(resource: string): Readonly<Record<string, unknown>> {
  return { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: [resource], scope: 'Namespaced' };
}

function withoutSystem({ namespaceSelector }: AdmissionRules, ownNamespace: string) {
  const { matchExpressions = [] } = labelSelector(namespaceSelector);
  const exempt = { key: namespaceNameLabel, operator: 'NotIn', values: exemptNamespaces(ownNamespace) };
  return { matchExpressions: [exempt, ...matchExpressions] };
}

const ignoreKey = literal('acr-credential-helper/ignore');

const notIgnored = {
  name: 'not-ignored',
  expression: `!has(object.metadata.annotations) || !(${ignoreKey} in object.metadata.annotations) || object.metadata.annotations[${ignoreKey}] != "true"`,
};

const bringsOwnList = {
  name: 'brings-its-own-list',
  expression: 'has(object.spec.imagePullSecrets) && object.spec.imagePullSecrets.size() > 0',
};

/** One that has every name that there can be needs nothing. */
function notServed({ references }: AdmissionRules, holder: string): Readonly<Record<string, string>> {
  const list = `${holder}.imagePullSecrets`;
  const names = `[${references.map(({ name }) => literal(name)).join(', ')}]`;
  const isThere = `${list}.exists(reference, has(reference.name) && reference.name == name)`;
  return { name: 'not-served', expression: `!has(${list}) || !${names}.all(name, ${isThere})` };
}

function clientConfig({ target, caBundle }: WebhookAddress, path: string): Readonly<Record<string, unknown>> {
  return {
    ...(target.kind === 'url'
      ? { url: `${target.url}${path}` }
      : { service: { namespace: target.namespace, name: target.name, port: 443, path } }),
    ...(caBundle === undefined ? {} : { caBundle: Buffer.from(caBundle, 'utf8').toString('base64') }),
  };
}
