import { json, plain } from './answers.ts';
import type { BodyAnswer } from './answers.ts';
import {
  aggregatedDiscovery,
  aggregatedType,
  coreVersions,
  group,
  groupList,
  resourceList,
  versionInfo,
  wantsAggregatedDiscovery,
} from './discovery.ts';
import type { JsonObject } from './json.ts';
import { openApiIndex, openApiV2, openApiV3 } from './open-api.ts';
import type { RequestLog } from './request-log.ts';
import { failure, noSuchResource } from './status-errors.ts';

/** Answers what is not about a resource: health, version, metrics, discovery, schemas. @throws StatusError 404, 406 */
export function answerServer(steps: readonly string[], accept: string, address: string, log: RequestLog): BodyAnswer {
  const [root = '', ...below] = steps;
  switch (root) {
    case 'healthz':
    case 'livez':
    case 'readyz':
      return plain(200, 'ok');
    case 'version':
      return json(200, versionInfo());
    case 'metrics':
      return { type: 'body', code: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body: log.metrics() };
    case 'api':
      if (below.length > 0) return found(resourceList('', below.join('/')));
      return discovery('api', accept, () => coreVersions(address));
    case 'apis': {
      const [name = '', version] = below;
      if (below.length === 0) return discovery('apis', accept, groupList);
      return found(version === undefined ? group(name) : resourceList(name, version));
    }
    case 'openapi':
      return openApi(below, accept);
    case '':
      return json(200, {
        paths: ['/api', '/apis', '/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3', '/readyz', '/version'],
      });
    default:
      return plain(404, '404 page not found\n');
  }
}

function discovery(root: 'api' | 'apis', accept: string, simple: () => JsonObject): BodyAnswer {
  if (!wantsAggregatedDiscovery(accept)) return json(200, simple());
  return { type: 'body', code: 200, contentType: aggregatedType, body: JSON.stringify(aggregatedDiscovery(root)) };
}

function openApi([version, ...path]: readonly string[], accept: string): BodyAnswer {
  if (accept !== '' && !/json|\*\/\*/.test(accept)) {
    throw failure(406, 'NotAcceptable', 'only the following media types are accepted: application/json');
  }
  if (version === 'v2') return json(200, openApiV2());
  if (version !== 'v3') throw noSuchResource();
  return path.length === 0 ? json(200, openApiIndex()) : found(openApiV3(path.join('/')));
}

function found(body: JsonObject | undefined): BodyAnswer {
  if (body === undefined) throw noSuchResource();
  return json(200, body);
}
