/**
 * EVERY kind of failure: how the program reacts by itself, and what a person can do.
 *
 * `docs/failure-modes.md` has one heading per code; a test keeps the two in step.
 */
export const failureCatalog = {
  unexpected: {
    reaction: 'retry',
    hint: 'this is a defect in acr-credential-helper: please report it with the log line',
  },

  // The Kubernetes API server
  'kubeconfig-invalid': { reaction: 'give-up', hint: 'check the file named by --kubeconfig or KUBECONFIG' },
  'kubernetes-unreachable': {
    reaction: 'retry',
    hint: 'check that the API server runs and that its address can be reached from here',
  },
  'kubernetes-unauthorized': {
    reaction: 'retry-slowly',
    hint: 'the token or client certificate was refused: check the kubeconfig or the ServiceAccount',
  },
  'kubernetes-forbidden': {
    reaction: 'retry-slowly',
    hint: 'grant the missing right: compare the ClusterRole with the one in deploy/; a Secret of one domain has to be named in secrets.extraNames of the chart (doctor prints the names)',
  },
  'kubernetes-throttled': {
    reaction: 'retry',
    hint: 'the API server asked us to slow down; nothing to do unless it lasts',
  },
  'kubernetes-disruption-budget': {
    reaction: 'retry',
    hint: 'a PodDisruptionBudget keeps the pod from being evicted: it is tried a few times; delete the pod by hand when it hangs for long',
  },
  'kubernetes-conflict': {
    reaction: 'read-again',
    hint: 'somebody else wrote the object first; it is read and planned again',
  },
  'kubernetes-expired': { reaction: 'read-again', hint: 'the watch is too far behind; everything is listed again' },
  'kubernetes-not-found': { reaction: 'read-again', hint: 'the object is gone; what is left is planned again' },
  'kubernetes-namespace-terminating': { reaction: 'give-up', hint: 'the namespace is being deleted: nothing to do' },
  'kubernetes-invalid': {
    reaction: 'retry-slowly',
    hint: 'the API server refused the object: its answer names the field',
  },
  'kubernetes-unchangeable': {
    reaction: 'retry-slowly',
    hint: 'a Secret that is immutable or of another type cannot be changed, and this one is not ours to replace: delete it, or choose another name with --secret-name',
  },
  'kubernetes-error': { reaction: 'retry', hint: 'the API server failed: look at its log' },

  // Alibaba Cloud
  'cloud-unreachable': {
    reaction: 'retry',
    hint: 'check DNS, routes and security groups towards the endpoint; in a VPC the cr-vpc endpoint needs no internet',
  },
  'cloud-throttled': { reaction: 'retry', hint: 'the account makes too many calls; nothing to do unless it lasts' },
  'cloud-error': {
    reaction: 'retry',
    hint: 'Alibaba Cloud answered with an error of its own; nothing to do unless it lasts',
  },
  'cloud-answer-invalid': {
    reaction: 'retry',
    hint: 'the answer does not have the documented shape: check --openapi-endpoint and proxies in between',
  },
  'cloud-request-refused': {
    reaction: 'retry-slowly',
    hint: 'Alibaba Cloud refuses the request with a code that we have no advice for: look it up in the OpenAPI error center',
  },
  'cloud-access-key-invalid': {
    reaction: 'retry-slowly',
    hint: 'the AccessKey does not exist or is disabled: check customAccessKey or the referenced Secret',
  },
  'cloud-signature-refused': {
    reaction: 'retry-slowly',
    hint: 'the AccessKey secret does not match its id: check customAccessKeySecret or the referenced Secret',
  },
  'cloud-clock-skewed': {
    reaction: 'retry-slowly',
    hint: 'the clock of this machine differs too much from Alibaba Cloud’s: check NTP',
  },
  'cloud-session-invalid': { reaction: 'retry', hint: 'the temporary session ended; a new one is obtained' },
  'cloud-access-denied': {
    reaction: 'retry-slowly',
    hint: 'grant the identity cr:GetAuthorizationToken, cr:ListInstanceEndpoint and cr:PullRepository (RAM)',
  },
  'assume-role-denied': {
    reaction: 'retry-slowly',
    hint: 'let the role trust this identity (RAM trust policy) and give this identity AliyunSTSAssumeRoleAccess',
  },
  'oidc-exchange-denied': {
    reaction: 'retry-slowly',
    hint: 'check the OIDC provider, its audience and issuer, and the trust policy of the RRSA role',
  },
  'instance-not-found': { reaction: 'retry-slowly', hint: 'check instanceId and regionId of the entry' },
  'instance-unavailable': {
    reaction: 'retry-slowly',
    hint: 'the instance is stopped, expired or released: look at it in the ACR console',
  },
  'personal-edition-user-missing': {
    reaction: 'retry-slowly',
    hint: 'set a registry password once in the ACR console (Personal Edition) for this user or role',
  },
  'destination-refused': {
    reaction: 'give-up',
    hint: 'only hosts of Alibaba Cloud are signed for; allow a private cloud with --allowed-host',
  },
  'metadata-unavailable': {
    reaction: 'retry',
    hint: 'this machine has no ECS metadata service or it is switched off: use an AccessKey or RRSA, or set --region',
  },
  'worker-role-missing': { reaction: 'retry-slowly', hint: 'attach a RAM role to the ECS instances of the node pool' },
  'token-file-invalid': { reaction: 'retry', hint: 'check that the token file is mounted and complete' },
  'access-key-secret-missing': {
    reaction: 'retry-slowly',
    hint: 'create the referenced Secret with the keys access-key-id and access-key-secret',
  },
  'mirror-secret-missing': {
    reaction: 'retry-slowly',
    hint: 'create the Secret that pullSecretRef names, of type kubernetes.io/dockerconfigjson, in the namespace of the ConfigMap',
  },
  'mirror-secret-invalid': {
    reaction: 'retry-slowly',
    hint: 'make the Secret with "kubectl create secret docker-registry"',
  },
  'region-unknown': { reaction: 'retry-slowly', hint: 'write regionId into the entry, or start with --region' },

  // Redis
  'redis-unreachable': {
    reaction: 'retry',
    hint: 'check --redis-url and that Redis runs and can be reached from here',
  },
  'redis-policy': {
    reaction: 'give-up',
    hint: 'set maxmemory-policy noeviction: another policy lets Redis drop queued work',
  },
  'sealed-value-unreadable': { reaction: 'retry-slowly', hint: 'every process needs the same --seal-key-file' },

  // Admission
  'webhook-unreachable': {
    reaction: 'retry',
    hint: 'it is registered once it answers: check that a process with the role webhook runs and that its Service leads there',
  },
  'webhook-certificate-invalid': {
    reaction: 'retry-slowly',
    hint: 'put a certificate (tls.crt), its key (tls.key) and its authority (ca.crt) as PEM into the folder --webhook-cert-dir',
  },
  'review-invalid': {
    reaction: 'give-up',
    hint: 'only an API server calls the webhook, with an AdmissionReview of admission.k8s.io/v1 as JSON',
  },

  // Ours
  'setting-invalid': { reaction: 'give-up', hint: 'see --help' },
  'address-in-use': { reaction: 'give-up', hint: 'another process listens there: choose another --ops-address' },
  'helper-unreachable': {
    reaction: 'give-up',
    hint: '--ops-url is the address of a running helper; in a cluster first: kubectl -n kube-system port-forward deploy/acr-credential-helper 9090 (distributed: deploy/acr-credential-helper-watcher)',
  },
  'check-timed-out': {
    reaction: 'give-up',
    hint: 'look at the network between here and what was asked: a firewall that drops packets looks like this',
  },
  'configuration-unusable': { reaction: 'give-up', hint: 'see acr-credential-helper check, and --config-map' },
  'target-unknown': { reaction: 'give-up', hint: 'check the name, and that --kubeconfig is of the right cluster' },
} as const satisfies Record<
  string,
  { readonly reaction: 'retry' | 'read-again' | 'retry-slowly' | 'give-up'; readonly hint: string }
>;

export type FailureCode = keyof typeof failureCatalog;
