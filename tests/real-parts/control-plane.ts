import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { auditPolicyText, readAuditLog, type AuditEvent } from './audit-log.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  type BootPlan,
} from './control-plane-arguments.ts';
import { ensureControlPlane, type ControlPlanePrograms } from './ensure-control-plane.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { freeLoopbackPort } from './loopback-port.ts';
import { requestApi, type ApiRequest, type ApiResponse } from './request-json.ts';
import { openScratch, type Scratch, type StartedProcess } from './scratch.ts';
import { waitUntil } from './wait-until.ts';

export type ControlPlaneOptions = {
  /** Records every request of anybody but the control plane itself. Off by default: it costs time in a benchmark. */
  readonly audit?: boolean;
  /** More flags for kube-apiserver; they come last and so win. */
  readonly apiServerArguments?: readonly string[];
  /** Default true. Without it everybody with a token may do everything. */
  readonly rbac?: boolean;
};

/** A running etcd, kube-apiserver and kube-controller-manager on loopback ports. */
export type ControlPlane = {
  readonly url: string;
  /** PEM of the authority of the API server's certificate. */
  readonly ca: string;
  /** Bearer token of a member of system:masters. */
  readonly adminToken: string;
  /** A kubeconfig file of the administrator. */
  readonly kubeconfigPath: string;
  /** Path of a kubectl of the server's version. */
  readonly kubectl: string;
  /** One request as the administrator, or with another token; resolves with any status. */
  readonly request: (ask: Omit<ApiRequest, 'ca'>) => Promise<ApiResponse>;
  /** A bound token of an existing ServiceAccount, valid for an hour. */
  readonly serviceAccountToken: (namespace: string, name: string) => Promise<string>;
  /** The API server's own metrics; see `parseRequestTotals`. */
  readonly metrics: () => Promise<string>;
  /** What the API server recorded; empty without the option `audit`. */
  readonly auditEvents: () => Promise<readonly AuditEvent[]>;
  /** Freezes the API server: connections stay open, nothing is answered. */
  readonly pause: () => void;
  readonly resume: () => void;
  /**
   * Kills the API server and starts it again on the same port with the same data, with these further flags instead of those of the
   * start if any are given; resolves when it is ready.
   */
  readonly restartApiServer: (apiServerArguments?: readonly string[]) => Promise<void>;
  /**
   * Keeps a copy of what is in etcd now; answers with what puts it back, as after a disaster: everything is stopped, and started
   * again on the same ports. Resource versions then go on from where they were. Resolves when the API server is ready.
   */
  readonly backUp: () => Promise<() => Promise<void>>;
  readonly stop: () => Promise<void>;
};

/**
 * Starts a real control plane (four seconds) and waits until a namespace gets its ServiceAccount `default`.
 *
 * It ends with `stop`, or with this process, however that ends.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const programs = await ensureControlPlane();
  const scratch = openScratch('control-plane');
  try {
    const plan = await writeBootFiles(scratch.folder, options);
    let etcd = scratch.start(programs.etcd, etcdArguments(plan));
    let apiServer = await startApiServer(scratch, programs, plan);
    // The certificate is made by the API server at its first start, and kept.
    const ca = await readFile(join(plan.certificateFolder, 'apiserver.crt'), 'utf8');
    const kubeconfigPath = await writeKubeconfig(scratch.folder, 'admin', {
      url: plan.url,
      ca,
      token: plan.adminToken,
    });
    const managerArguments = controllerManagerArguments(
      plan,
      await writeKubeconfig(scratch.folder, 'controller-manager', { url: plan.url, ca, token: plan.managerToken }),
    );
    let manager = scratch.start(programs['kube-controller-manager'], managerArguments);
    let backups = 0;
    const request: ControlPlane['request'] = (ask) => requestApi(plan.url, { token: plan.adminToken, ...ask, ca });
    await waitForDefaultAccount(request, manager);
    return {
      url: plan.url,
      ca,
      adminToken: plan.adminToken,
      kubeconfigPath,
      kubectl: programs.kubectl,
      request,
      serviceAccountToken: (namespace, name) => requestToken(request, namespace, name),
      metrics: async () => (await request({ path: '/metrics' })).text,
      auditEvents: () => readAuditLog(plan.auditLogPath),
      pause: () => apiServer.signal('SIGSTOP'),
      resume: () => apiServer.signal('SIGCONT'),
      restartApiServer: async (moreApiServerArguments = plan.moreApiServerArguments) => {
        await apiServer.end('SIGKILL');
        apiServer = await startApiServer(scratch, programs, { ...plan, moreApiServerArguments });
      },
      backUp: async () => {
        const data = join(scratch.folder, 'etcd');
        const copy = join(scratch.folder, `etcd-backup-${++backups}`);
        // What a process that stands still has written is as good as what a crash leaves behind.
        etcd.signal('SIGSTOP');
        await cp(data, copy, { recursive: true }).finally(() => etcd.signal('SIGCONT'));
        return async () => {
          for (const part of [manager, apiServer, etcd]) await part.end('SIGKILL');
          await rm(data, { recursive: true });
          await cp(copy, data, { recursive: true });
          etcd = scratch.start(programs.etcd, etcdArguments(plan));
          apiServer = await startApiServer(scratch, programs, plan);
          manager = scratch.start(programs['kube-controller-manager'], managerArguments);
        };
      },
      stop: () => scratch.remove(),
    };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

async function writeBootFiles(folder: string, options: ControlPlaneOptions): Promise<BootPlan> {
  const [etcdPort, etcdPeerPort, apiServerPort, managerPort] = await Promise.all([
    freeLoopbackPort(),
    freeLoopbackPort(),
    freeLoopbackPort(),
    freeLoopbackPort(),
  ]);
  const plan: BootPlan = {
    folder,
    etcdPort,
    etcdPeerPort,
    apiServerPort,
    managerPort,
    url: `https://127.0.0.1:${apiServerPort}`,
    adminToken: randomBytes(24).toString('base64url'),
    managerToken: randomBytes(24).toString('base64url'),
    certificateFolder: join(folder, 'certificates'),
    accountKeyPath: join(folder, 'service-account.key'),
    tokenFilePath: join(folder, 'tokens.csv'),
    auditPolicyPath: join(folder, 'audit-policy.json'),
    auditLogPath: join(folder, 'audit.log'),
    audit: options.audit ?? false,
    rbac: options.rbac ?? true,
    moreApiServerArguments: options.apiServerArguments ?? [],
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(plan.accountKeyPath, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const admin = `${plan.adminToken},admin,admin,"system:masters"`;
  const manager = `${plan.managerToken},system:kube-controller-manager,manager,"system:masters"`;
  await writeFile(plan.tokenFilePath, `${admin}\n${manager}\n`, { mode: 0o600 });
  await writeFile(plan.auditPolicyPath, auditPolicyText());
  return plan;
}

async function writeKubeconfig(
  folder: string,
  user: string,
  cluster: { readonly url: string; readonly ca: string; readonly token: string },
): Promise<string> {
  const path = join(folder, `${user}.kubeconfig`);
  await writeFile(path, kubeconfigText(cluster), { mode: 0o600 });
  return path;
}

async function startApiServer(
  scratch: Scratch,
  programs: ControlPlanePrograms,
  plan: BootPlan,
): Promise<StartedProcess> {
  const apiServer = scratch.start(programs['kube-apiserver'], apiServerArguments(plan));
  await waitUntil('kube-apiserver to be ready', 60, async () => {
    failIfEnded('kube-apiserver', apiServer);
    const ca = await readFile(join(plan.certificateFolder, 'apiserver.crt'), 'utf8').catch(() => undefined);
    if (ca === undefined) return undefined;
    const answer = await requestApi(plan.url, { path: '/readyz', ca, token: plan.adminToken }).catch(() => undefined);
    return answer?.status === 200 ? true : undefined;
  });
  return apiServer;
}

async function waitForDefaultAccount(request: ControlPlane['request'], manager: StartedProcess): Promise<void> {
  await waitUntil('the ServiceAccount default/default', 60, async () => {
    failIfEnded('kube-controller-manager', manager);
    const answer = await request({ path: '/api/v1/namespaces/default/serviceaccounts/default' });
    return answer.status === 200 ? true : undefined;
  });
}

function failIfEnded(name: string, started: StartedProcess): void {
  if (started.hasEnded())
    throw new Error(`${name} ended while it was expected to start:\n${started.output().slice(-4000)}`);
}

async function requestToken(request: ControlPlane['request'], namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const answer = await request({ method: 'POST', path, body });
  if (answer.status !== 201) throw new Error(`no token for ${namespace}/${name}: HTTP ${answer.status} ${answer.text}`);
  const review = JSON.parse(answer.text) as { readonly status: { readonly token: string } };
  return review.status.token;
}
