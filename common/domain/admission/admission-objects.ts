/** Kinds of `admissionregistration.k8s.io/v1` that this program writes. */
export const admissionKinds = {
  MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
  MutatingAdmissionPolicyBinding: 'mutatingadmissionpolicybindings',
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
} as const;

export type AdmissionKind = keyof typeof admissionKinds;

/** One object: everything but its metadata, which the adapter adds. */
export type AdmissionObject = AdmissionObjectName & { readonly content: Readonly<Record<string, unknown>> };

export type AdmissionObjectName = { readonly kind: AdmissionKind; readonly name: string };

/** Name of the objects about ServiceAccounts, of both webhook configurations, and the prefix of all others. */
export const admissionName = 'acr-credential-helper';

/** Name of the objects about pods. */
export const podAdmissionName = `${admissionName}-pods`;

/** EVERY object that can be there. Rights name them; what is not wanted is removed by this list. */
export const admissionObjectNames: readonly AdmissionObjectName[] = [
  { kind: 'MutatingAdmissionPolicy', name: admissionName },
  { kind: 'MutatingAdmissionPolicyBinding', name: admissionName },
  { kind: 'MutatingAdmissionPolicy', name: podAdmissionName },
  { kind: 'MutatingAdmissionPolicyBinding', name: podAdmissionName },
  { kind: 'MutatingWebhookConfiguration', name: admissionName },
  { kind: 'ValidatingWebhookConfiguration', name: admissionName },
];

/** What the API server offers. */
export type AdmissionCapabilities = {
  /** Kinds that it serves in version v1. */
  readonly kinds: ReadonlySet<AdmissionKind>;
};
