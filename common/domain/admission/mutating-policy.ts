import type { LabelSelector } from '../selection/label-selector.ts';
import { admissionName, podAdmissionName, type AdmissionObject } from './admission-objects.ts';
import { all, literal, literals, nameCondition, referenceCondition, type Condition } from './cel-text.ts';
import type { AdmissionRules } from './reference-rules.ts';

/**
 * Expressions that are longer than this in all are not sent: an API server refuses one of 100,000 characters, and every creation
 * pays for each of them. A configuration of hundreds of single names stays far below.
 */
export const maxExpressionCharacters = 48_000;

/** A policy for new ServiceAccounts, and one for new pods when these are asked for; each with the binding that makes it work. */
export function mutatingPolicies(rules: AdmissionRules, forPods: boolean): readonly AdmissionObject[] {
  return [
    ...policy(admissionName, accountTarget(rules), rules),
    ...(forPods && rules.accountSelector === undefined ? policy(podAdmissionName, podTarget(rules), rules) : []),
  ];
}

/** How long the expressions of these objects are in all. */
export function expressionCharacters(objects: readonly AdmissionObject[]): number {
  return objects.reduce((sum, { content }) => sum + JSON.stringify(content).length, 0);
}

/** Whose creation is looked at, and where its list is. */
type Target = {
  readonly resource: string;
  /** CEL of the object that holds the list, and its JSON Pointer. */
  readonly holder: string;
  readonly pointer: string;
  readonly objectSelector: Readonly<Record<string, unknown>>;
  readonly condition: Condition;
};

function accountTarget({ accounts, accountSelector }: AdmissionRules): Target {
  // A name that the API server is still to make up begins like this.
  const name =
    '(has(object.metadata.name) ? object.metadata.name : has(object.metadata.generateName) ? object.metadata.generateName : "")';
  return {
    resource: 'serviceaccounts',
    holder: 'object',
    pointer: '/imagePullSecrets',
    objectSelector: labelSelector(accountSelector),
    condition: nameCondition(accounts, name),
  };
}

function podTarget({ accounts }: AdmissionRules): Target {
  const account = '(has(object.spec.serviceAccountName) ? object.spec.serviceAccountName : "default")';
  return {
    resource: 'pods',
    holder: 'object.spec',
    pointer: '/spec/imagePullSecrets',
    objectSelector: {},
    condition: all([
      'has(object.spec.imagePullSecrets)',
      'object.spec.imagePullSecrets.size() > 0',
      nameCondition(accounts, account),
    ]),
  };
}

function policy(name: string, target: Target, rules: AdmissionRules): readonly AdmissionObject[] {
  const spec = {
    failurePolicy: 'Ignore',
    // A second look after other webhooks would cost each creation; what they take away is given back from the watch event.
    reinvocationPolicy: 'Never',
    matchConstraints: {
      matchPolicy: 'Equivalent',
      namespaceSelector: labelSelector(rules.namespaceSelector),
      objectSelector: target.objectSelector,
      resourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE'],
          resources: [target.resource],
          scope: 'Namespaced',
        },
      ],
    },
    ...mutation(target, rules),
  };
  return [
    { kind: 'MutatingAdmissionPolicy', name, content: { spec } },
    { kind: 'MutatingAdmissionPolicyBinding', name, content: { spec: { policyName: name } } },
  ];
}

/** One Secret is what nearly every configuration asks for: that needs no list of names, and costs a creation least. */
function mutation(target: Target, rules: AdmissionRules): Readonly<Record<string, unknown>> {
  const [only, ...others] = rules.references;
  const isAlways = only !== undefined && referenceCondition(only, 'request.namespace') === 'true';
  const jsonPatch = (expression: string) => [{ patchType: 'JSONPatch', jsonPatch: { expression } }];
  if (isAlways && others.length === 0) return { mutations: jsonPatch(patchOfOne(only.name, target, rules)) };
  return {
    variables: [{ name: 'missing', expression: missingNames(target, rules) }],
    mutations: jsonPatch(patchOfMissing(target)),
  };
}

/** What the object must be like, names and annotations. Labels are looked at before. */
function selected({ condition }: Target, rules: AdmissionRules): Condition {
  return all([
    nameCondition(rules.namespaces, 'request.namespace'),
    condition,
    notIgnored('object'),
    `(namespaceObject == null || ${notIgnored('namespaceObject')})`,
  ]);
}

/**
 * Map literals, not typed ones: an API server up to 1.36.3 panics on `Object…{}` inside a list (kubernetes/kubernetes#142181).
 * `-` appends to a list; it cannot make one.
 */
function patchOfOne(name: string, target: Target, rules: AdmissionRules): string {
  const list = `${target.holder}.imagePullSecrets`;
  const reference = `{"name": ${literal(name)}}`;
  const create = `[JSONPatch{op: "add", path: ${literal(target.pointer)}, value: [${reference}]}]`;
  const append = `[JSONPatch{op: "add", path: ${literal(`${target.pointer}/-`)}, value: ${reference}}]`;
  const isThere = `${list}.exists(reference, has(reference.name) && reference.name == ${literal(name)})`;
  return `!${selected(target, rules)} ? [] : !has(${list}) ? ${create} : ${isThere} ? [] : ${append}`;
}

/** The same for any number of names. */
function patchOfMissing({ holder, pointer }: Target): string {
  const append = `variables.missing.map(name, JSONPatch{op: "add", path: ${literal(`${pointer}/-`)}, value: {"name": name}})`;
  const create = `[JSONPatch{op: "add", path: ${literal(pointer)}, value: variables.missing.map(name, {"name": name})}]`;
  return `variables.missing.size() == 0 ? [] : has(${holder}.imagePullSecrets) ? ${append} : ${create}`;
}

/** The names that the object lacks; none when it is not selected. */
function missingNames(target: Target, rules: AdmissionRules): string {
  const list = `${target.holder}.imagePullSecrets`;
  return `${selected(target, rules)} ? ${wantedNames(rules)}.filter(name, !has(${list}) || !${list}.exists(reference, has(reference.name) && reference.name == name)) : []`;
}

function wantedNames({ references }: AdmissionRules): string {
  const rules = references.map((rule) => ({
    name: rule.name,
    condition: referenceCondition(rule, 'request.namespace'),
  }));
  const always = rules.filter(({ condition }) => condition === 'true').map(({ name }) => name);
  const sometimes = rules.filter(({ condition }) => condition !== 'true' && condition !== 'false');
  if (sometimes.length === 0) return literals(always);
  const lists = sometimes.map(({ name, condition }) => `(${condition} ? ${literals([name])} : [])`);
  return `(${[...(always.length === 0 ? [] : [literals(always)]), ...lists].join(' + ')})`;
}

/** The opt-out annotation is not there. */
function notIgnored(holder: string): Condition {
  const annotations = `${holder}.metadata.annotations`;
  const key = literal('acr-credential-helper/ignore');
  return `(!has(${annotations}) || !(${key} in ${annotations}) || ${annotations}[${key}] != "true")`;
}

const operators = { in: 'In', 'not-in': 'NotIn', exists: 'Exists', 'does-not-exist': 'DoesNotExist' } as const;

/** As a LabelSelector of meta/v1; an empty one matches everything. */
export function labelSelector(selector: LabelSelector = []): { readonly matchExpressions?: readonly unknown[] } {
  if (selector.length === 0) return {};
  return {
    matchExpressions: selector.map((requirement) => ({
      key: requirement.key,
      operator: operators[requirement.operator],
      ...('values' in requirement ? { values: requirement.values } : {}),
    })),
  };
}
