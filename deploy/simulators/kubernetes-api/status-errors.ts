import { resourceNameOf } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { printed } from './json.ts';
import type { JsonObject } from './json.ts';

/** An answer other than success: HTTP status, the Status body that clients parse, and extra headers. */
export class StatusError extends Error {
  readonly code: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, body: JsonObject, headers: Readonly<Record<string, string>> = {}) {
    super(printed(body['message']));
    this.code = code;
    this.body = body;
    this.headers = headers;
  }

  /** The same answer with more headers. */
  with(headers: Readonly<Record<string, string>>): StatusError {
    return new StatusError(this.code, this.body, { ...this.headers, ...headers });
  }
}

/** One thing wrong with one field; `reason` is the API's word for it, such as `FieldValueInvalid`. */
export interface FieldProblem {
  readonly field: string;
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueTooLong';
  readonly message: string;
}

/** What an object is called in a Status: its name, and the kind as `details.kind`. */
interface Details {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
}

export function failure(code: number, reason: string | undefined, message: string, details?: JsonObject): StatusError {
  return new StatusError(code, statusBody(code, reason, message, details));
}

export function notFound(kind: Kind, name: string): StatusError {
  return failure(404, 'NotFound', `${resourceNameOf(kind)} "${name}" not found`, about(kind, name));
}

export function noSuchResource(): StatusError {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(kind: Kind, name: string): StatusError {
  return failure(409, 'AlreadyExists', `${resourceNameOf(kind)} "${name}" already exists`, about(kind, name));
}

/** A write that was planned on another version of the object. */
export function conflict(kind: Kind, name: string, why?: string): StatusError {
  const reason = why ?? 'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${resourceNameOf(kind)} "${name}": ${reason}`;
  return failure(409, 'Conflict', message, about(kind, name));
}

export function badRequest(message: string): StatusError {
  return failure(400, 'BadRequest', message);
}

export function invalid(kind: Kind, name: string, problems: readonly FieldProblem[]): StatusError {
  const subject = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return invalidAs(subject, name, { ...named(name), ...grouped(kind), kind: kind.kind }, problems);
}

/** Query options that contradict each other; `options` is `ListOptions` or `PatchOptions`. */
export function invalidOptions(options: string, problem: FieldProblem): StatusError {
  return invalidAs(`${options}.meta.k8s.io`, '', { group: 'meta.k8s.io', kind: options }, [problem]);
}

export function methodNotAllowed(): StatusError {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function expired(message: string, continueToken?: string): StatusError {
  const error = failure(410, 'Expired', message);
  if (continueToken !== undefined) error.body['metadata'] = { continue: continueToken };
  return error;
}

/** The body of a Status for a success, as DELETE answers it. */
export function deletedStatus(kind: Kind, name: string, uid: string): JsonObject {
  const details = { name, ...grouped(kind), kind: kind.plural, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

function statusBody(code: number, reason: string | undefined, message: string, details?: JsonObject): JsonObject {
  const body: JsonObject = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message };
  if (reason !== undefined) body['reason'] = reason;
  if (details !== undefined) body['details'] = details;
  body['code'] = code;
  return body;
}

function invalidAs(subject: string, name: string, details: Details, problems: readonly FieldProblem[]): StatusError {
  const lines = [...new Set(problems.map((problem) => `${problem.field}: ${problem.message}`))];
  const text = lines.length === 1 ? lines.join() : `[${lines.join(', ')}]`;
  const causes = problems.map(({ reason, message, field }) => ({ reason, message, field }));
  return failure(422, 'Invalid', `${subject} "${name}" is invalid: ${text}`, { ...details, causes });
}

function about(kind: Kind, name: string): JsonObject {
  return { name, ...grouped(kind), kind: kind.plural };
}

function grouped(kind: Kind): { group?: string } {
  return kind.group === '' ? {} : { group: kind.group };
}

function named(name: string): { name?: string } {
  return name === '' ? {} : { name };
}
