import { join } from 'node:path';

/** Everything that is decided before the first process starts. */
export type BootPlan = {
  readonly folder: string;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly apiServerPort: number;
  readonly managerPort: number;
  readonly url: string;
  readonly adminToken: string;
  /** The controller manager's own, so that its calls can be told from the administrator's. */
  readonly managerToken: string;
  readonly certificateFolder: string;
  /** PEM key by which ServiceAccount tokens are signed and checked. */
  readonly accountKeyPath: string;
  readonly tokenFilePath: string;
  readonly auditPolicyPath: string;
  readonly auditLogPath: string;
  readonly audit: boolean;
  readonly rbac: boolean;
  readonly moreApiServerArguments: readonly string[];
};

/** Flags of etcd. It need not survive a power cut, so it never waits for the disk. */
export function etcdArguments(plan: BootPlan): readonly string[] {
  const client = `http://127.0.0.1:${plan.etcdPort}`;
  const peer = `http://127.0.0.1:${plan.etcdPeerPort}`;
  return [
    `--data-dir=${join(plan.folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ];
}

/** Flags of kube-apiserver. */
export function apiServerArguments(plan: BootPlan): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${plan.etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${plan.apiServerPort}`,
    `--cert-dir=${plan.certificateFolder}`,
    `--service-account-key-file=${plan.accountKeyPath}`,
    `--service-account-signing-key-file=${plan.accountKeyPath}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--token-auth-file=${plan.tokenFilePath}`,
    `--authorization-mode=${plan.rbac ? 'RBAC' : 'AlwaysAllow'}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--endpoint-reconciler-type=none',
    ...(plan.audit ? [`--audit-policy-file=${plan.auditPolicyPath}`, `--audit-log-path=${plan.auditLogPath}`] : []),
    ...plan.moreApiServerArguments,
  ];
}

/** Flags of kube-controller-manager, with limits that let thousands of namespaces come up at once. */
export function controllerManagerArguments(plan: BootPlan, kubeconfigPath: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfigPath}`,
    `--service-account-private-key-file=${plan.accountKeyPath}`,
    '--use-service-account-credentials=true',
    `--controllers=${controllers.join(',')}`,
    '--leader-elect=false',
    `--secure-port=${plan.managerPort}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${join(plan.folder, 'controller-manager')}`,
    '--kube-api-qps=1000',
    '--kube-api-burst=2000',
  ];
}

/** Those whose work a test can notice; each further one costs memory and requests. */
const controllers = [
  'serviceaccount-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'root-ca-certificate-publisher-controller',
];
