import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';

/** An API server as the suite needs it. */
export interface ApiServer {
  readonly url: string;
  readonly token?: string;
  /** The certificate authority in PEM; absent for plain HTTP. */
  readonly ca?: string;
  readonly kubeconfigPath: string;
  /** The path of a kubectl; default `kubectl` from PATH. */
  readonly kubectl?: string;
}

/** What the API answers, as far as the suite looks; a field is only there when the kind has it. */
export interface ApiObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: ApiMetadata;
  readonly data?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly secrets?: readonly { readonly name: string }[];
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: string | { readonly phase?: string; readonly allowed?: boolean };
  readonly items: readonly ApiObject[];
  readonly message: string;
  readonly reason?: string;
  readonly code: number;
  readonly details: {
    readonly name?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes: readonly { readonly reason: string; readonly message: string; readonly field?: string }[];
  };
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: ApiObject }[];
  readonly [field: string]: unknown;
}

export interface ApiMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly {
    readonly manager: string;
    readonly operation: string;
    readonly apiVersion: string;
    readonly fieldsType: string;
    readonly fieldsV1: Readonly<Record<string, unknown>>;
  }[];
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface ApiAnswer {
  readonly code: number;
  readonly body: ApiObject;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: ApiObject;
}

export const jsonPatch = 'application/json-patch+json';
export const mergePatch = 'application/merge-patch+json';
export const strategicPatch = 'application/strategic-merge-patch+json';
export const applyPatch = 'application/apply-patch+yaml';

/** A bare client: one method per thing that the suite does. */
export class ApiClient {
  readonly server: ApiServer;
  readonly #agent: Agent;
  readonly #namespaces: string[] = [];

  constructor(server: ApiServer) {
    this.server = server;
    this.#agent = new Agent({ connect: server.ca === undefined ? {} : { ca: server.ca } });
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<ApiAnswer> {
    const { body, contentType = 'application/json', accept = 'application/json' } = options;
    const response = await this.#send(method, path, accept, body === undefined ? {} : { body, contentType });
    const text = await response.body.text();
    const parsed = text.startsWith('{') ? (JSON.parse(text) as ApiObject) : ({} as ApiObject);
    return { code: response.statusCode, body: parsed, text, headers: response.headers };
  }

  /** Like `call`, and fails when the answer is not a success. */
  async ok(method: string, path: string, options: CallOptions = {}): Promise<ApiObject> {
    const { code, body, text } = await this.call(method, path, options);
    assert.ok(code < 300, `${method} ${path} answered ${code}: ${text}`);
    return body;
  }

  /** Makes a namespace that is deleted when the suite ends. @returns its name */
  async namespace(labels?: Readonly<Record<string, string>>): Promise<string> {
    const name = `contract-${randomBytes(5).toString('hex')}`;
    await this.ok('POST', '/api/v1/namespaces', { body: { metadata: { name, ...(labels && { labels }) } } });
    this.#namespaces.push(name);
    return name;
  }

  /** Makes a ConfigMap in a namespace. */
  configMap(namespace: string, name: string, data = {}, labels = {}): Promise<ApiObject> {
    return this.ok('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
      body: { metadata: { name, labels }, data },
    });
  }

  /** Starts a watch; its events are read with `next`. */
  async watch(path: string, accept = 'application/json'): Promise<Watch> {
    const response = await this.#send('GET', path, accept, {});
    assert.equal(response.statusCode, 200, `watch ${path}`);
    return new Watch(response.body);
  }

  /** Runs kubectl against the server. @returns what it printed */
  kubectl(...words: readonly string[]): Promise<string> {
    return this.kubectlWith({}, ...words);
  }

  /** Like `kubectl`, with more environment variables. */
  async kubectlWith(environment: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<string> {
    const { kubectl = 'kubectl', kubeconfigPath } = this.server;
    const env = { ...process.env, ...environment };
    const { stdout } = await promisify(execFile)(kubectl, ['--kubeconfig', kubeconfigPath, ...words], { env });
    return stdout;
  }

  async close(): Promise<void> {
    for (const name of this.#namespaces) await this.call('DELETE', `/api/v1/namespaces/${name}`);
    await this.#agent.destroy();
  }

  #send(method: string, path: string, accept: string, sent: { body?: unknown; contentType?: string }) {
    const { token } = this.server;
    return request(`${this.server.url}${path}`, {
      dispatcher: this.#agent,
      method: method as 'GET',
      headers: {
        accept,
        'user-agent': 'contract-suite/1.0',
        ...(sent.contentType !== undefined && { 'content-type': sent.contentType }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: sent.body === undefined ? null : typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body),
    });
  }
}

/** A running watch. */
export class Watch {
  readonly #stream: AsyncIterable<Buffer> & { destroy(): unknown };
  readonly #lines: AsyncGenerator<WatchEvent>;

  constructor(
    stream: AsyncIterable<Buffer> & { destroy(): unknown; on(event: 'error', listener: () => void): unknown },
  ) {
    this.#stream = stream;
    stream.on('error', () => undefined);
    this.#lines = events(stream);
  }

  /** The next event; fails when the watch ends before. */
  async next(): Promise<WatchEvent> {
    const { value, done } = await this.#lines.next();
    assert.ok(done !== true, 'the watch ended before its next event');
    return value;
  }

  /** The next event that is no bookmark, as `TYPE name`. */
  async nextChange(): Promise<string> {
    for (;;) {
      const { type, object } = await this.next();
      if (type !== 'BOOKMARK') return `${type} ${object.metadata.name}`;
    }
  }

  /** Every event until the server ends the watch. */
  async rest(): Promise<readonly WatchEvent[]> {
    const all: WatchEvent[] = [];
    for await (const event of this.#lines) all.push(event);
    return all;
  }

  close(): void {
    this.#stream.destroy();
  }
}

async function* events(stream: AsyncIterable<Buffer>): AsyncGenerator<WatchEvent> {
  let pending = '';
  for await (const chunk of stream) {
    const lines = `${pending}${chunk.toString()}`.split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as WatchEvent;
  }
}
