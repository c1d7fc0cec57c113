/** Who refuses: the gateway in front of every product (signature, session), or the product itself. Their bodies differ in ROA. */
export type ErrorOrigin = 'gateway' | 'service';

/** A refusal with the code, status and message that the real service gives. */
export class CloudError extends Error {
  readonly code: string;
  readonly status: number;
  readonly origin: ErrorOrigin;

  constructor(code: string, message: string, status: number, origin: ErrorOrigin) {
    super(message);
    this.name = 'CloudError';
    this.code = code;
    this.status = status;
    this.origin = origin;
  }
}

/** A refusal; HTTP 400 from the gateway unless told otherwise. */
export function cloudError(
  code: string,
  message: string,
  details: { readonly status?: number; readonly origin?: ErrorOrigin } = {},
): CloudError {
  return new CloudError(code, message, details.status ?? 400, details.origin ?? 'gateway');
}

/** The refusal of the product itself (`INSTANCE_NOT_EXIST`, `USER_NOT_EXIST`): lower-case keys in ROA bodies. */
export function serviceError(code: string, message: string, status: number): CloudError {
  return new CloudError(code, message, status, 'service');
}

/** What RAM answers to a principal without the right to an action. Source: the common error list of RPC APIs. */
export function noPermission(
  message = 'You are not authorized to do this action. You should be authorized by RAM.',
): CloudError {
  return new CloudError('NoPermission', message, 403, 'service');
}
