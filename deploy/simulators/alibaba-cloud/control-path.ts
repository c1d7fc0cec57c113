import type { CallLog } from './call-log.ts';
import type { SimulatorClock } from './clock.ts';
import type { CloudRequest } from './cloud-request.ts';
import { parseFault } from './fault-parsing.ts';
import type { Faults } from './faults.ts';
import { looksLikeCloudHost } from './hosts.ts';
import { jsonReply, textReply, type ServiceReply } from './service-reply.ts';

/** What the control path can turn. */
export type Controls = {
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly clock: SimulatorClock;
  readonly registryCertificatePem: string;
};

const prefix = '/_simulator/';

/** Whether a request is for the simulator itself and not for the cloud that it plays. */
export function isControlRequest(request: CloudRequest): boolean {
  return request.path.startsWith(prefix) && !looksLikeCloudHost(request.headers['host'] ?? '');
}

/**
 * `/_simulator/health` GET · `faults` GET, POST (a fault as JSON), DELETE (all) · `faults/<id>` DELETE · `calls` GET, DELETE ·
 * `violations` GET · `clock` GET, POST `{"advanceSeconds": 60}` · `registry-certificate.pem` GET.
 */
export function handleControl(request: CloudRequest, controls: Controls): ServiceReply {
  const { faults, calls, clock, registryCertificatePem } = controls;
  const what = request.path.slice(prefix.length);
  switch (`${request.method} ${what}`) {
    case 'GET health':
      return jsonReply({ status: 'ok' });
    case 'GET faults':
      return jsonReply({ faults: faults.list() });
    case 'POST faults':
      return addFault(request, faults);
    case 'DELETE faults':
      faults.clear();
      return jsonReply({});
    case 'GET calls':
      return jsonReply({ calls: calls.all() });
    case 'DELETE calls':
      calls.clear();
      return jsonReply({});
    case 'GET violations':
      return jsonReply({ violations: calls.violations() });
    case 'GET clock':
      return clockReply(clock);
    case 'POST clock':
      return turnClock(request, clock);
    case 'GET registry-certificate.pem':
      return textReply(registryCertificatePem, 200, 'success', 'application/x-pem-file');
    default:
      return removeFault(request.method, what, faults);
  }
}

function addFault(request: CloudRequest, faults: Faults): ServiceReply {
  const fault = parseFault(readJson(request));
  return 'problem' in fault ? badRequest(fault.problem) : jsonReply({ id: faults.add(fault) }, 201);
}

function removeFault(method: string, what: string, faults: Faults): ServiceReply {
  const [, id] = /^faults\/(.+)$/.exec(what) ?? [];
  const isRemoved = method === 'DELETE' && id !== undefined && faults.remove(id);
  return isRemoved ? jsonReply({}) : jsonReply({ message: `There is no ${method} ${prefix}${what}.` }, 404, '404');
}

function turnClock(request: CloudRequest, clock: SimulatorClock): ServiceReply {
  const body = readJson(request);
  const seconds =
    typeof body === 'object' && body !== null && 'advanceSeconds' in body ? body.advanceSeconds : undefined;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) {
    return badRequest('advanceSeconds must be a number of seconds.');
  }
  clock.advance(seconds);
  return clockReply(clock);
}

function clockReply(clock: SimulatorClock): ServiceReply {
  return jsonReply({ now: new Date(clock.now()).toISOString(), aheadSeconds: clock.aheadSeconds() });
}

function readJson(request: CloudRequest): unknown {
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function badRequest(message: string): ServiceReply {
  return jsonReply({ message }, 400, '400');
}
