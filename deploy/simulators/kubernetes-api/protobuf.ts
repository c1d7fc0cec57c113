import { printed, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { badRequest } from './status-errors.ts';

/**
 * How one field of a message is read. `kubectl create namespace | secret | serviceaccount | configmap` send protobuf and
 * nothing else, so those messages are decoded; answers are always JSON, which kubectl accepts.
 */
type Field =
  | { readonly name: string; readonly type: 'text' | 'bytes' | 'boolean' | 'integer' }
  | { readonly name: string; readonly type: 'textMap' | 'bytesMap' }
  | { readonly name: string; readonly type: 'message' | 'messages'; readonly message: Message }
  | { readonly name: string; readonly type: 'texts' };

/** Field number → field, from `generated.proto` of the API group. */
type Message = Readonly<Record<number, Field>>;

const ownerReference: Message = {
  1: { name: 'kind', type: 'text' },
  3: { name: 'name', type: 'text' },
  4: { name: 'uid', type: 'text' },
  5: { name: 'apiVersion', type: 'text' },
  6: { name: 'controller', type: 'boolean' },
  7: { name: 'blockOwnerDeletion', type: 'boolean' },
};

const metadata: Field = {
  name: 'metadata',
  type: 'message',
  message: {
    1: { name: 'name', type: 'text' },
    2: { name: 'generateName', type: 'text' },
    3: { name: 'namespace', type: 'text' },
    5: { name: 'uid', type: 'text' },
    6: { name: 'resourceVersion', type: 'text' },
    11: { name: 'labels', type: 'textMap' },
    12: { name: 'annotations', type: 'textMap' },
    13: { name: 'ownerReferences', type: 'messages', message: ownerReference },
    14: { name: 'finalizers', type: 'texts' },
  },
};

const objectReference: Message = {
  1: { name: 'kind', type: 'text' },
  2: { name: 'namespace', type: 'text' },
  3: { name: 'name', type: 'text' },
};
const resourceAttributes: Message = {
  1: { name: 'namespace', type: 'text' },
  2: { name: 'verb', type: 'text' },
  5: { name: 'resource', type: 'text' },
  7: { name: 'name', type: 'text' },
};

/** The messages that clients send, by kind. */
const messages: Readonly<Record<string, Message>> = {
  Namespace: { 1: metadata },
  ConfigMap: {
    1: metadata,
    2: { name: 'data', type: 'textMap' },
    3: { name: 'binaryData', type: 'bytesMap' },
    4: { name: 'immutable', type: 'boolean' },
  },
  Secret: {
    1: metadata,
    2: { name: 'data', type: 'bytesMap' },
    3: { name: 'type', type: 'text' },
    4: { name: 'stringData', type: 'textMap' },
    5: { name: 'immutable', type: 'boolean' },
  },
  ServiceAccount: {
    1: metadata,
    2: { name: 'secrets', type: 'messages', message: objectReference },
    3: { name: 'imagePullSecrets', type: 'messages', message: { 1: { name: 'name', type: 'text' } } },
    4: { name: 'automountServiceAccountToken', type: 'boolean' },
  },
  SelfSubjectAccessReview: {
    1: metadata,
    2: {
      name: 'spec',
      type: 'message',
      message: { 1: { name: 'resourceAttributes', type: 'message', message: resourceAttributes } },
    },
  },
};

/** Reads an object in `application/vnd.kubernetes.protobuf`. @throws StatusError 400 for a kind whose message is not known */
export function decodeProtobuf(body: Buffer): Json {
  if (body.subarray(0, 4).toString('latin1') !== 'k8s\0') throw badRequest('the protobuf body lacks its k8s prefix');
  const typeMeta: Message = { 1: { name: 'apiVersion', type: 'text' }, 2: { name: 'kind', type: 'text' } };
  const envelope: Message = {
    1: { name: 'typeMeta', type: 'message', message: typeMeta },
    2: { name: 'raw', type: 'bytes' },
  };
  const { typeMeta: type, raw } = decodeMessage(body.subarray(4), envelope);
  const kind = textAt(type, ['kind']);
  const message = messages[kind];
  if (message === undefined)
    throw badRequest(`this simulator cannot read a ${kind} in protobuf; send application/json`);
  return { ...decodeMessage(Buffer.from(printed(raw), 'base64'), message), ...(type as JsonObject) };
}

function decodeMessage(bytes: Buffer, message: Message): JsonObject {
  const object: JsonObject = {};
  const reader = new Reader(bytes);
  while (!reader.done) {
    const { number, value } = reader.field();
    const field = message[number];
    if (field !== undefined) assign(object, field, value);
  }
  return object;
}

function assign(object: JsonObject, field: Field, value: Buffer | number): void {
  if (typeof value === 'number') {
    object[field.name] = field.type === 'boolean' ? value !== 0 : value;
    return;
  }
  const held = object[field.name];
  switch (field.type) {
    case 'textMap':
    case 'bytesMap': {
      const { key = '', value: entry = '' } = decodeMessage(value, {
        1: { name: 'key', type: 'text' },
        2: { name: 'value', type: field.type === 'textMap' ? 'text' : 'bytes' },
      });
      object[field.name] = { ...(held as JsonObject | undefined), [printed(key)]: entry };
      break;
    }
    case 'texts':
    case 'messages': {
      const item = field.type === 'texts' ? value.toString() : decodeMessage(value, field.message);
      object[field.name] = [...((held as Json[] | undefined) ?? []), item];
      break;
    }
    case 'message':
      object[field.name] = decodeMessage(value, field.message);
      break;
    case 'bytes':
      object[field.name] = value.toString('base64');
      break;
    case 'text':
      // An empty text is how protobuf writes "not set".
      if (value.length > 0) object[field.name] = value.toString();
      break;
    case 'boolean':
    case 'integer':
      break;
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  field(): { number: number; value: Buffer | number } {
    const tag = this.#varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        return { number, value: this.#varint() };
      case 1:
        return { number, value: this.#take(8) };
      case 2:
        return { number, value: this.#take(this.#varint()) };
      case 5:
        return { number, value: this.#take(4) };
      default:
        throw badRequest('the protobuf body is malformed');
    }
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw badRequest('the protobuf body is cut short');
      value += (byte % 128) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw badRequest('the protobuf body is malformed');
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw badRequest('the protobuf body is cut short');
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }
}
