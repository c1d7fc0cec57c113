import { createServer as createHttpServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ClusterControllers } from './cluster-controllers.ts';
import { createControl } from './control.ts';
import type { SimulatorControl } from './control.ts';
import { Faults } from './faults.ts';
import { Gate } from './gate.ts';
import { coreKind } from './kinds.ts';
import { handleRequest } from './request-handler.ts';
import { RequestLog } from './request-log.ts';
import { Store } from './store.ts';
import { WatchHub } from './watch-hub.ts';
import { createObject } from './write-objects.ts';

export interface SimulatorOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Serve HTTPS with this key and certificate (PEM); default is plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The accepted bearer tokens; default: everybody may do everything. */
  readonly tokens?: readonly string[];
  /** How often a watch that allows bookmarks gets one; default 60. */
  readonly bookmarkSeconds?: number;
  /** How many changes of each kind can be resumed from; default 20,000. */
  readonly historyLimit?: number;
  /** Default 5. */
  readonly defaultAccountDelayMs?: number;
  /** How long a deleted namespace stays Terminating; default 20. */
  readonly namespaceDeletionDelayMs?: number;
  /** Whether each namespace gets the ConfigMap `kube-root-ca.crt`; default false. */
  readonly publishRootCa?: boolean;
  /** Milliseconds since the epoch; default the system's clock. */
  readonly now?: () => number;
}

export interface Simulator {
  readonly url: string;
  readonly port: number;
  readonly control: SimulatorControl;
  /** Ends watches, connections and timers. */
  stop(): Promise<void>;
}

/** The namespaces that a cluster is born with. */
const firstNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Starts an embedded Kubernetes API server that keeps everything in memory. @throws when the port is taken */
export async function startKubernetesApiSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const now = options.now ?? Date.now;
  const store = new Store(options.historyLimit ?? 20_000);
  const hub = new WatchHub(store, options.bookmarkSeconds ?? 60, now);
  const controllers = new ClusterControllers(store, {
    defaultAccountDelayMs: options.defaultAccountDelayMs ?? 5,
    namespaceDeletionDelayMs: options.namespaceDeletionDelayMs ?? 20,
    publishRootCa: options.publishRootCa ?? false,
    now,
  });
  createFirstNamespaces(store, now());
  const parts = {
    store,
    hub,
    log: new RequestLog(),
    faults: new Faults(),
    gate: new Gate(),
    tokens: options.tokens,
    now,
  };
  const server = createServer(options.tls, (request, response) => void handleRequest(parts, request, response));
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, host, options.port ?? 0);
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    control: createControl(store, hub, parts.log, parts.faults, parts.gate),
    stop: async () => {
      controllers.stop();
      hub.endAll();
      await close(server);
    },
  };
}

function createFirstNamespaces(store: Store, now: number): void {
  const kind = coreKind('namespaces');
  for (const name of firstNamespaces) {
    createObject(
      store,
      { kind, namespace: '', name: '' },
      { metadata: { name } },
      { manager: 'kube-apiserver', dryRun: false, fieldValidation: 'Ignore', subresource: '', now, warnings: [] },
    );
  }
}

function createServer(tls: SimulatorOptions['tls'], listener: RequestListener): Server {
  // A watch is one request that lasts as long as its client wants.
  const settings = { requestTimeout: 0, keepAliveTimeout: 60_000 };
  return tls === undefined
    ? createHttpServer(settings, listener)
    : createHttpsServer({ ...settings, ...tls }, listener);
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
