import type { IncomingMessage, ServerResponse } from 'node:http';
import { failed, send } from './answers.ts';
import type { Answer } from './answers.ts';
import { authenticate } from './authentication.ts';
import { faultStatus } from './faults.ts';
import type { Faults } from './faults.ts';
import type { Gate } from './gate.ts';
import { readBody } from './request-body.ts';
import type { RequestLog, RequestRecord } from './request-log.ts';
import { answerResource } from './resource-requests.ts';
import { parseRoute, pathSteps, verbOf } from './routing.ts';
import type { Route } from './routing.ts';
import { answerServer } from './server-requests.ts';
import type { Store } from './store.ts';
import type { WatchHub } from './watch-hub.ts';

/** The parts that a request needs. */
export interface HandlerParts {
  readonly store: Store;
  readonly hub: WatchHub;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly gate: Gate;
  readonly tokens: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Handles one HTTP request from its first byte to its answer. Never throws. */
export async function handleRequest(
  parts: HandlerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { gate, hub, log } = parts;
  const seen = describe(request);
  try {
    await gate.passed();
    const answer = await answerRequest(parts, request, seen);
    if (answer === undefined) return;
    log.add({ ...seen.record, code: answer.type === 'body' ? answer.code : 200 });
    if (answer.type === 'watch') hub.start(response, answer.watch);
    else send(response, answer);
  } catch (error) {
    const answer = failed(error);
    log.add({ ...seen.record, code: answer.code });
    // A body that was not read would be taken for the next request on this connection.
    request.resume();
    send(response, answer);
  }
}

interface Seen {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  /** Filled in as far as the request could be understood. */
  record: Omit<RequestRecord, 'code'>;
}

/** @returns undefined when a fault decided that there is no answer */
async function answerRequest(parts: HandlerParts, request: IncomingMessage, seen: Seen): Promise<Answer | undefined> {
  const { store, log, faults, gate, tokens, now } = parts;
  const { path, query, contentType } = seen;
  const accept = request.headers.accept ?? '';
  const method = request.method ?? 'GET';
  const steps = pathSteps(path);
  authenticate(tokens, request.headers.authorization, steps[0] ?? '');
  const route = parseRoute(steps);
  if (route === undefined) {
    if (steps[0] !== 'metrics' && strike(faults, request, seen.record)) return undefined;
    const answer = answerServer(steps, accept, request.headers.host ?? '', log);
    // Only paths that are served become a label: there is no end to the others.
    if (answer.code < 400) seen.record = { ...seen.record, subresource: `/${steps[0] ?? ''}` };
    return answer;
  }
  seen.record = { ...seen.record, ...recordOf(route), verb: method };
  const verb = verbOf(method, route, query, contentType);
  seen.record = { ...seen.record, verb };
  if (strike(faults, request, seen.record)) return undefined;
  const body = method === 'GET' ? Buffer.alloc(0) : await readBody(request);
  await gate.passed();
  const userAgent = seen.record.userAgent;
  return answerResource(store, { route, verb, query, accept, contentType, userAgent, body, now: now() });
}

function describe(request: IncomingMessage): Seen {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const contentType = (request.headers['content-type'] ?? '').split(';', 1).join().trim();
  const parameters = new URLSearchParams(mark < 0 ? '' : url.slice(mark));
  const record = {
    verb: request.method ?? 'GET',
    group: '',
    version: '',
    resource: '',
    subresource: '',
    scope: '',
    dryRun: parameters.has('dryRun'),
    namespace: '',
    name: '',
    userAgent: request.headers['user-agent'] ?? '',
  } as const;
  return { path, query: parameters, contentType, record };
}

function recordOf({ kind, namespace = '', name = '', subresource }: Route): Partial<RequestRecord> {
  const scope = name !== '' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster';
  return { group: kind.group, version: kind.version, resource: kind.plural, subresource, scope, namespace, name };
}

/** Lets a fault strike. @returns whether the request is never answered @throws StatusError of the fault */
function strike(faults: Faults, request: IncomingMessage, record: Partial<RequestRecord>): boolean {
  const effect = faults.strike(record);
  if (effect === undefined) return false;
  if (effect.type === 'status') throw faultStatus(effect);
  if (effect.type === 'reset') request.socket.destroy();
  return true;
}
