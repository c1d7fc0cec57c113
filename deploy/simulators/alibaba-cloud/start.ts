import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAuthenticator } from './authenticate.ts';
import { createCallLog, type CallLog, type Violation } from './call-log.ts';
import { createClock, type SimulatorClock } from './clock.ts';
import { CloudError } from './cloud-error.ts';
import { readCloudRequest, type CloudRequest } from './cloud-request.ts';
import { handleControl, isControlRequest, type Controls } from './control-path.ts';
import { createDemoWorld } from './demo-world.ts';
import { applyFault, type Delivery } from './fault-effects.ts';
import { createFaults, type Faults } from './faults.ts';
import { createMetadataService } from './metadata-service.ts';
import { createRegistryTokenEndpoint } from './registry-token-endpoint.ts';
import type { RoutedCall } from './routed-call.ts';
import { registryTokenPath, routeRequest, type RouterParts } from './router.ts';
import { deliver } from './send-reply.ts';
import { jsonReply, refusalBody } from './service-reply.ts';
import { createRoleSessions, type RoleSession } from './sessions.ts';
import { createRegistryTokens } from './tokens.ts';
import { findRole, holdWorld, type CloudWorld, type WorldHolder } from './world.ts';

export type SimulatorOptions = {
  /** Default: the demo's world. */
  readonly world?: CloudWorld | undefined;
  /** Default: the system's clock. */
  readonly clock?: SimulatorClock | undefined;
  /** Default: 0, any free port. */
  readonly port?: number | undefined;
  /** Default: loopback. */
  readonly listenAddress?: string | undefined;
  /** How far a request's date may be off; default 900. */
  readonly maximumSkewSeconds?: number | undefined;
};

/** A running simulator. */
export type AlibabaCloudSimulator = {
  /** `http://127.0.0.1:<port>`: connect there, and keep the real host in `Host`. */
  readonly url: string;
  readonly port: number;
  readonly world: WorldHolder;
  readonly clock: SimulatorClock;
  readonly faults: Faults;
  readonly calls: CallLog;
  violations(): readonly Violation[];
  /** `auth.token.realm` of a registry on this machine. By name: crane and its kin refuse a realm at a loopback address. */
  readonly registryTokenUrl: string;
  /** `auth.token.rootcertbundle` of a registry. */
  readonly registryCertificatePem: string;
  /** A session as a service of the cloud would open it, e.g. for a managed role's token file. Throws for an unknown role. */
  openRoleSession(roleArn: string, seconds: number): RoleSession;
  /** Drops every connection and frees the port. */
  stop(): Promise<void>;
};

/** Starts a simulated Alibaba Cloud: ACR, STS, the metadata service and the registry's token server on one port. */
export async function startAlibabaCloudSimulator(options: SimulatorOptions = {}): Promise<AlibabaCloudSimulator> {
  const clock = options.clock ?? createClock();
  const world = holdWorld(options.world ?? createDemoWorld());
  const sessions = createRoleSessions(clock);
  const tokens = createRegistryTokens(clock);
  const maximumSkewSeconds = options.maximumSkewSeconds ?? 900;
  const registryTokens = createRegistryTokenEndpoint({ world, clock, tokens, registryNow: Date.now });
  const parts: RouterParts = {
    world,
    clock,
    sessions,
    tokens,
    authenticator: createAuthenticator({ world, clock, sessions, maximumSkewSeconds }),
    metadata: createMetadataService({ world, clock, sessions }),
    registryTokens,
  };
  const controls: Controls = {
    faults: createFaults(),
    calls: createCallLog(),
    clock,
    registryCertificatePem: registryTokens.certificatePem,
  };
  const server = createServer((incoming, response) => {
    void answer(incoming, response, parts, controls);
  });
  const address = options.listenAddress ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${address}:${port}`;
  return {
    url,
    port,
    world,
    clock,
    faults: controls.faults,
    calls: controls.calls,
    violations: () => controls.calls.violations(),
    registryTokenUrl: `http://localhost:${port}${registryTokenPath}`,
    registryCertificatePem: registryTokens.certificatePem,
    openRoleSession: (roleArn, seconds) => {
      const role = findRole(world.current, roleArn);
      if (role === undefined) throw new Error(`The simulated cloud has no role ${roleArn}; add it to the world.`);
      return sessions.open(role, 'simulator', seconds);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  parts: RouterParts,
  controls: Controls,
): Promise<void> {
  try {
    const request = await readCloudRequest(incoming);
    deliver(response, decide(request, parts, controls), controls.clock.now());
  } catch (error) {
    const host = incoming.headers.host ?? '';
    // A client that went away in the middle has nobody to answer to.
    if (response.destroyed || response.headersSent) return;
    const status = error instanceof CloudError ? error.status : 500;
    const refusal =
      error instanceof CloudError ? error : new CloudError('InternalError', String(error), 500, 'gateway');
    const reply = jsonReply(refusalBody(refusal, 'UNKNOWN', host), status, refusal.code);
    deliver(response, { kind: 'send', reply }, controls.clock.now());
  }
}

function decide(request: CloudRequest, parts: RouterParts, controls: Controls): Delivery {
  if (isControlRequest(request)) return { kind: 'send', reply: handleControl(request, controls) };
  const call = routeRequest(request, parts);
  const now = controls.clock.now();
  const delivery = deliveryOf(call, controls.faults, now);
  const outcome = 'reply' in delivery ? delivery.reply : { status: 0, code: `fault:${delivery.kind}` };
  const code = call.isUnreachable ? 'unreachable' : outcome.code;
  controls.calls.record({ ...call.facts, at: now, status: outcome.status, code, violations: call.violations });
  return delivery;
}

function deliveryOf(call: RoutedCall, faults: Faults, now: number): Delivery {
  if (call.isUnreachable) return { kind: 'reset' };
  const effect = faults.take(call.facts);
  if (effect === undefined) return { kind: 'send', reply: call.reply() };
  const { requestId } = call;
  return applyFault(effect, { requestId, now, reply: () => call.reply(), refuse: (error) => call.refuse(error) });
}
