import type { AdmissionSettings } from '../configuration/configuration.ts';
import type { AdmissionCapabilities, AdmissionObject } from './admission-objects.ts';
import { expressionCharacters, maxExpressionCharacters, mutatingPolicies } from './mutating-policy.ts';
import type { AdmissionRules } from './reference-rules.ts';
import { configurationGuard, mutatingWebhook, type WebhookAddress } from './webhook-configurations.ts';

/** What is to be registered so that new accounts are born with their references. */
export type AdmissionPlan = {
  readonly mode: AdmissionMode;
  /** The webhook is used although the configuration would have fitted a policy elsewhere: why. */
  readonly noPolicyBecause?: string | undefined;
  readonly objects: readonly AdmissionObject[];
  /** Something is left out because the webhook does not answer yet: nothing that is registered goes before it comes. */
  readonly waitsForWebhook: boolean;
};

export type AdmissionMode = 'off' | 'policy' | 'webhook';

export type AdmissionInput = {
  readonly settings: AdmissionSettings;
  readonly rules: AdmissionRules;
  readonly configMap: { readonly namespace: string; readonly name: string };
  readonly capabilities: AdmissionCapabilities;
  /** Said by the API server of the policy that these rules give. */
  readonly policyRefused?: string | undefined;
  /** Absent while no webhook answers. */
  readonly address?: WebhookAddress | undefined;
};

/** Policy where the API server has it, webhook elsewhere. Pure. */
export function planAdmission(input: AdmissionInput): AdmissionPlan {
  const { settings, rules, configMap, capabilities, address } = input;
  if (!settings.enabled) return { mode: 'off', objects: [], waitsForWebhook: false };
  const guard = address === undefined ? [] : [configurationGuard(configMap, address)];
  const waitsForWebhook = address === undefined;
  if (!rules.attach || rules.references.length === 0) return { mode: 'off', objects: guard, waitsForWebhook };
  const policies = mutatingPolicies(rules, settings.pods);
  const noPolicyBecause = reasonAgainstPolicy(policies, input.policyRefused, capabilities);
  if (noPolicyBecause === undefined) return { mode: 'policy', objects: [...policies, ...guard], waitsForWebhook };
  const webhooks = address === undefined ? [] : [mutatingWebhook(rules, settings, address, configMap.namespace)];
  return { mode: 'webhook', noPolicyBecause, objects: [...webhooks, ...guard], waitsForWebhook };
}

function reasonAgainstPolicy(
  policies: readonly AdmissionObject[],
  refused: string | undefined,
  { kinds }: AdmissionCapabilities,
): string | undefined {
  if (!policies.every(({ kind }) => kinds.has(kind)))
    return 'the API server has no MutatingAdmissionPolicy v1 (Kubernetes before 1.36)';
  const characters = expressionCharacters(policies);
  if (characters > maxExpressionCharacters)
    return `the configuration makes a policy of ${characters} characters, and ${maxExpressionCharacters} are the most: fewer names, or globs instead of them, make it fit`;
  return refused === undefined ? undefined : `the API server refused the policy: ${refused}`;
}
