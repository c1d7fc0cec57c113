import { randomUUID } from 'node:crypto';

import { routeCloudCall, type CloudApiParts } from './cloud-api.ts';
import { cloudError, type CloudError } from './cloud-error.ts';
import type { CloudRequest } from './cloud-request.ts';
import { findCloudHost, hostName, isReachable, looksLikeCloudHost } from './hosts.ts';
import { metadataAction, type SimulatedMetadata } from './metadata-service.ts';
import type { RegistryTokenEndpoint } from './registry-token-endpoint.ts';
import { plainFacts, type RoutedCall } from './routed-call.ts';
import { jsonReply, refusalBody, type ServiceReply } from './service-reply.ts';
import { urlViolations } from './violations.ts';

export type RouterParts = CloudApiParts & {
  readonly metadata: SimulatedMetadata;
  readonly registryTokens: RegistryTokenEndpoint;
};

/** Path of the registry's token server. */
export const registryTokenPath = '/registry-token';

/** Finds the service that a request is for: by its `Host` where that is one of the cloud's, else by its path. */
export function routeRequest(request: CloudRequest, parts: RouterParts): RoutedCall {
  const routed = findService(request, parts);
  const inUrl = urlViolations(request, { ...parts, world: parts.world.current });
  return { ...routed, violations: [...routed.violations, ...inUrl] };
}

function findService(request: CloudRequest, parts: RouterParts): RoutedCall {
  const hostHeader = request.headers['host'] ?? '';
  const host = findCloudHost(parts.world.current, hostHeader);
  if (host !== undefined) {
    return { ...routeCloudCall(request, host, parts), isUnreachable: !isReachable(parts.world.current, host) };
  }
  if (looksLikeCloudHost(hostHeader) || isSigned(request)) return strayCall(request, hostHeader);
  if (request.path.startsWith('/latest/')) {
    return simpleCall(hostHeader, metadataAction(request.path), () => parts.metadata.handle(request));
  }
  if (request.path === registryTokenPath) {
    return simpleCall(hostHeader, 'registry-token', () => parts.registryTokens.handle(request));
  }
  return simpleCall(hostHeader, 'unknown', () =>
    jsonReply({ message: `Nothing is served at ${request.path} for host ${hostHeader}.` }, 404, '404'),
  );
}

/** A signed request (or one for the cloud's domain) to a host that does not exist: in the real world it may reach a stranger. */
function strayCall(request: CloudRequest, hostHeader: string): RoutedCall {
  const error = cloudError('UnknownHost', `No product answers at host "${hostHeader}".`, { status: 421 });
  const call = simpleCall(hostHeader, request.headers['x-acs-action'] ?? 'unknown', () => refuse(error, hostHeader));
  return { ...call, violations: [`a request to a host outside the cloud: ${hostName(hostHeader)}`] };
}

function isSigned(request: CloudRequest): boolean {
  return /^(acs |ACS3-)/.test(request.headers['authorization'] ?? '');
}

function simpleCall(hostHeader: string, action: string, reply: () => ServiceReply): RoutedCall {
  return {
    facts: plainFacts(hostName(hostHeader), action),
    violations: [],
    requestId: randomUUID().toUpperCase(),
    isUnreachable: false,
    reply,
    refuse: (error) => refuse(error, hostHeader),
  };
}

function refuse(error: CloudError, hostHeader: string): ServiceReply {
  return jsonReply(refusalBody(error, randomUUID().toUpperCase(), hostHeader), error.status, error.code);
}
