import { randomUUID } from 'node:crypto';

import { readSignatureClaim, type Authenticator } from './authenticate.ts';
import type { CloudAction, CloudCall } from './cloud-action.ts';
import { cloudError, type CloudError } from './cloud-error.ts';
import { parameter, type CloudRequest } from './cloud-request.ts';
import type { CloudHost } from './hosts.ts';
import { anonymous, type CallerIdentity } from './identity.ts';
import { getPersonalToken } from './personal-edition.ts';
import { registryInstanceActions } from './registry-instances.ts';
import { attempt, type Attempt, type RoutedCall } from './routed-call.ts';
import { securityTokenActions } from './security-token-service.ts';
import { refusalBody, type ReplyContent, type ServiceReply } from './service-reply.ts';

export type CloudApiParts = Pick<CloudCall, 'world' | 'clock' | 'sessions' | 'tokens'> & {
  readonly authenticator: Authenticator;
};

/** Every API that is played: product and version → actions. */
const apis: Readonly<Record<string, Readonly<Record<string, CloudAction>>>> = {
  'cr 2018-12-01': registryInstanceActions,
  'cr 2016-06-07': { GetAuthorizationToken: getPersonalToken },
  'sts 2015-04-01': securityTokenActions,
};

/** Reads, authenticates and prepares one call of `cr` or `sts`. The nonce is used up whatever a fault makes of the call. */
export function routeCloudCall(request: CloudRequest, host: CloudHost, parts: CloudApiParts): RoutedCall {
  const requestId = randomUUID().toUpperCase();
  const version = request.headers['x-acs-version'] ?? parameter(request, 'Version') ?? '';
  const isRoa = version === '2016-06-07';
  const name = isRoa ? roaAction(request) : (request.headers['x-acs-action'] ?? parameter(request, 'Action') ?? '');
  const claim = attempt(() => readSignatureClaim(request));
  const signature = claim.succeeded ? claim.value : undefined;
  const caller = attempt(() => parts.authenticator.authenticate(request));
  const identity = caller.succeeded ? caller.value : anonymous;
  const form = answerForm(request, name, isRoa, signature?.scheme === 'v3');
  const refuse = (error: CloudError): ServiceReply => refusal(error, requestId, host, form);
  return {
    facts: {
      host: host.host,
      action: name,
      version,
      region: host.region,
      accessKeyId: signature?.accessKeyId ?? '',
      accountId: identity.accountId,
      identity: identity.kind,
      principalArn: identity.arn,
      instanceId: parameter(request, 'InstanceId') ?? '',
      nonce: signature?.nonce ?? parameter(request, 'SignatureNonce') ?? '',
    },
    violations: !caller.succeeded && caller.error.code === 'SignatureNonceUsed' ? ['a nonce was used twice'] : [],
    requestId,
    isUnreachable: false,
    refuse,
    reply: () => {
      const answer = attempt(() => run(request, host, `${host.product} ${version}`, name, caller, parts));
      if (!answer.succeeded) return refuse(answer.error);
      const value = isRoa ? { ...answer.value, requestId } : { RequestId: requestId, ...answer.value };
      return { status: 200, code: 'success', headers: { 'x-acs-request-id': requestId }, content: form.render(value) };
    },
  };
}

function roaAction(request: CloudRequest): string {
  return request.method === 'GET' && request.path === '/tokens' ? 'GetAuthorizationToken' : '';
}

function run(
  request: CloudRequest,
  host: CloudHost,
  api: string,
  name: string,
  caller: Attempt<CallerIdentity>,
  parts: CloudApiParts,
): Record<string, unknown> {
  if (!caller.succeeded) throw caller.error;
  const actions = apis[api];
  if (actions === undefined) throw cloudError('InvalidVersion', `Specified parameter Version is not valid: "${api}".`);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined || (api !== 'cr 2016-06-07' && request.path !== '/')) {
    throw cloudError('InvalidAction.NotFound', 'Specified api is not found, please check your url and method.', {
      status: 404,
    });
  }
  if (action.signed && caller.value.kind === 'anonymous') {
    throw cloudError('MissingAccessKeyId', 'AccessKeyId is mandatory for this action.');
  }
  return action.run({ ...parts, request, identity: caller.value, region: host.region });
}

type AnswerForm = {
  readonly isRoa: boolean;
  render(value: Readonly<Record<string, unknown>>): ReplyContent;
  renderError(value: Readonly<Record<string, unknown>>): ReplyContent;
};

/** JSON for ROA, for `Format=JSON` and for V3 without `Format`; XML, the documented default, for the rest. */
function answerForm(request: CloudRequest, action: string, isRoa: boolean, isV3: boolean): AnswerForm {
  const format = parameter(request, 'Format')?.toUpperCase() ?? (isV3 ? 'JSON' : 'XML');
  const asJson = isRoa || format === 'JSON';
  return {
    isRoa,
    render: (value) => (asJson ? { kind: 'json', value } : { kind: 'xml', value, root: `${action}Response` }),
    renderError: (value) => (asJson ? { kind: 'json', value } : { kind: 'xml', value, root: 'Error' }),
  };
}

function refusal(error: CloudError, requestId: string, host: CloudHost, form: AnswerForm): ServiceReply {
  const body =
    form.isRoa && error.origin === 'service'
      ? { code: error.code, message: error.message, requestId }
      : refusalBody(error, requestId, host.host);
  return {
    status: error.status,
    code: error.code,
    headers: { 'x-acs-request-id': requestId },
    content: form.renderError(body),
  };
}
