import { isoSeconds } from './clock.ts';
import { cloudError, type CloudError } from './cloud-error.ts';
import type { FaultEffect } from './faults.ts';
import { jsonReply, textReply, type ServiceReply } from './service-reply.ts';

/** How the answer to a faulty call is sent: as usual, drop by drop, or not at all. */
export type Delivery =
  | { readonly kind: 'send'; readonly reply: ServiceReply }
  | { readonly kind: 'trickle'; readonly reply: ServiceReply; readonly milliseconds: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' };

/** What a service can do for a fault: answer as if nothing were wrong, or refuse in its own form. */
export type FaultyService = {
  reply(): ServiceReply;
  refuse(error: CloudError): ServiceReply;
  readonly requestId: string;
  /** ms since the epoch. */
  readonly now: number;
};

/** Turns an effect into what is delivered. */
export function applyFault(effect: FaultEffect, service: FaultyService): Delivery {
  if (effect.kind === 'hang' || effect.kind === 'reset') return { kind: effect.kind };
  if (effect.kind === 'slow-body') {
    return { kind: 'trickle', reply: service.reply(), milliseconds: effect.milliseconds };
  }
  return { kind: 'send', reply: faultyReply(effect, service) };
}

type ReplyEffect = Exclude<FaultEffect, { readonly kind: 'hang' | 'reset' | 'slow-body' }>;

function faultyReply(effect: ReplyEffect, service: FaultyService): ServiceReply {
  switch (effect.kind) {
    case 'error':
      return service.refuse(
        cloudError(effect.code, effect.message ?? 'The request failed: a fault was injected.', {
          status: effect.status,
        }),
      );
    case 'throttle':
      return throttled(effect, service);
    case 'html':
      return textReply(badGatewayPage, effect.status ?? 502, 'fault:html', 'text/html');
    case 'not-successful':
      return jsonReply(
        { RequestId: service.requestId, IsSuccess: false, Code: effect.code, Message: effect.message ?? effect.code },
        200,
        effect.code,
      );
    case 'without-token':
      return mapFields(service.reply(), (name, value) =>
        ['authorizationtoken', 'securitytoken', 'token'].includes(name.toLowerCase()) ? undefined : value,
      );
    case 'expiry':
      return mapFields(service.reply(), (name, value) => shiftedExpiry(name, value, service.now, effect.offsetSeconds));
    case 'invalid-json':
      return { ...service.reply(), content: { kind: 'text', text: '{"RequestId": "', type: 'application/json' } };
  }
}

function throttled(effect: Extract<FaultEffect, { readonly kind: 'throttle' }>, service: FaultyService): ServiceReply {
  const reply = service.refuse(
    cloudError('Throttling.User', 'Request was denied due to user flow control.', { status: effect.status ?? 400 }),
  );
  if (effect.retryAfterMilliseconds === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, 'x-acs-retry-after': String(effect.retryAfterMilliseconds) } };
}

const badGatewayPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n';

type FieldChange = (name: string, value: unknown) => unknown;

/** The reply with every field of its object passed through `change`; `undefined` removes a field. */
function mapFields(reply: ServiceReply, change: FieldChange): ServiceReply {
  if (reply.content.kind === 'text') return reply;
  return { ...reply, content: { ...reply.content, value: mapObject(reply.content.value, change) } };
}

function mapObject(value: object, change: FieldChange): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
      const isNested = typeof field === 'object' && field !== null && !Array.isArray(field);
      const changed = isNested ? mapObject(field, change) : change(name, field);
      return changed === undefined ? [] : [[name, changed]];
    }),
  );
}

function shiftedExpiry(name: string, value: unknown, now: number, offsetSeconds: number): unknown {
  if (name === 'ExpireTime' || name === 'expireDate') return now + offsetSeconds * 1000;
  return name === 'Expiration' ? isoSeconds(now + offsetSeconds * 1000) : value;
}
