import { readFile } from 'node:fs/promises';

/** One request as the API server recorded it (audit.k8s.io/v1, level Metadata). */
export type AuditEvent = {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly requestReceivedTimestamp?: string;
  readonly responseStatus?: { readonly code?: number };
  readonly annotations?: Readonly<Record<string, string>>;
};

/** A policy that records who asked for what, without bodies, and leaves the control plane itself out. */
export function auditPolicyText(): string {
  return JSON.stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', users: controlPlaneUsers },
      { level: 'None', nonResourceURLs: ['/readyz*', '/healthz*', '/livez*', '/metrics*'] },
      { level: 'Metadata' },
    ],
  });
}

/** As whom the API server and the controllers that run (see control-plane-arguments.ts) call. */
const controlPlaneUsers = [
  'system:apiserver',
  'system:kube-controller-manager',
  'system:serviceaccount:kube-system:service-account-controller',
  'system:serviceaccount:kube-system:namespace-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
  'system:serviceaccount:kube-system:root-ca-cert-publisher',
];

/** Every request recorded so far, oldest first. */
export async function readAuditLog(path: string): Promise<readonly AuditEvent[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  // The last line may be half written.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);
}
