import assert from 'node:assert/strict';

import { Failure } from '../../../domain/failure.ts';
import type { ApiRequest } from './api-client.ts';
import type { KubernetesConnection } from '../connection/kubernetes-connection.ts';
import {
  json,
  plainConnection,
  refusal,
  startScriptedApi,
  type ScriptedApi,
  type Step,
} from '../testing/scripted-api.ts';

const get: ApiRequest = {
  verb: 'get',
  resource: 'secrets',
  object: 'shop/pull',
  path: '/api/v1/x?a=b',
  accept: 'application/json',
};

describe('the API client', () => {
  let api: ScriptedApi | undefined;
  const start = async (...steps: readonly Step[]): Promise<ScriptedApi> => (api = await startScriptedApi(steps));

  afterEach(async () => {
    await api?.stop();
    api = undefined;
  });

  it('gives the parsed answer, and says who asks', async () => {
    const { requests, client } = await start(json({ kind: 'Secret' }));
    assert.deepEqual(await client().request(get), { kind: 'Secret' });
    assert.equal(requests[0]?.headers['user-agent'], 'acr-credential-helper/1.2.3');
    assert.equal(requests[0].path, '/api/v1/x');
  });

  it('keeps the path of an API server behind a proxy', async () => {
    const { requests, client, url } = await start(json({}));
    await client({ connection: plainConnection(`${url}/k8s/clusters/c-1`) }).request(get);
    assert.equal(requests[0]?.path, '/k8s/clusters/c-1/api/v1/x');
  });

  it('decodes a character that is split between two pieces of the answer', async () => {
    const bytes = Buffer.from(JSON.stringify({ text: 'grün' }));
    const { client } = await start((response) => {
      response.writeHead(200);
      const middle = bytes.indexOf(0xbc);
      response.write(bytes.subarray(0, middle));
      setTimeout(() => response.end(bytes.subarray(middle)), 20);
    });
    assert.deepEqual(await client().request(get), { text: 'grün' });
  });

  it('sends a request once more when its connection was closed before the answer', async () => {
    const { requests, client } = await start((response) => response.destroy(), json({ done: true }));
    assert.deepEqual(await client().request(get), { done: true });
    assert.equal(requests.length, 2);
  });

  it('gives up when the connection is closed twice', async () => {
    const { requests, client } = await start(
      (response) => response.destroy(),
      (response) => response.destroy(),
    );
    const failure = await failureOf(client().request(get));
    assert.equal(failure.code, 'kubernetes-unreachable');
    assert.equal(requests.length, 2);
  });

  it('does not repeat a request whose answer had begun', async () => {
    const { requests, client } = await start((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"cut":');
      setTimeout(() => response.destroy(), 20);
    });
    assert.equal((await failureOf(client().request(get))).code, 'kubernetes-unreachable');
    assert.equal(requests.length, 1);
  });

  it('asks with a new token when the old one is refused', async () => {
    const { requests, client, url } = await start(refusal(401, 'Unauthorized'), json({ done: true }));
    assert.deepEqual(await client({ connection: rotatingConnection(url) }).request(get), { done: true });
    assert.deepEqual(
      requests.map(({ headers }) => headers.authorization),
      ['Bearer token-1', 'Bearer token-2'],
    );
  });

  it('does not repeat a refused request when there is no other token', async () => {
    const { requests, client } = await start(refusal(401, 'Unauthorized'));
    assert.equal((await failureOf(client().request(get))).code, 'kubernetes-unauthorized');
    assert.equal(requests.length, 1);
  });

  it('ends a request that is not answered within the time limit', async () => {
    const { client, url } = await start();
    const failure = await failureOf(client({ timeoutSeconds: 0.2 }).request(get));
    assert.equal(failure.code, 'kubernetes-unreachable');
    assert.match(failure.message, new RegExp(`${url}: no answer within the time limit`));
  });

  it('says the address and the reason when nobody listens', async () => {
    const { client, url, stop } = await start();
    const unused = client();
    await stop();
    api = undefined;
    const failure = await failureOf(client().request(get));
    assert.equal(
      failure.message,
      `cannot reach the Kubernetes API server at ${url}: connection refused (ECONNREFUSED)`,
    );
    await unused.close();
  });

  it('says that TLS is expected where plain HTTP is spoken', async () => {
    const { client, url } = await start();
    const failure = await failureOf(
      client({ connection: plainConnection(url.replace('http:', 'https:')) }).request(get),
    );
    assert.equal(failure.code, 'kubernetes-unreachable');
    assert.match(failure.message, /does not speak TLS/);
    assert.match(failure.hint, /http address/);
  });

  it('passes on why there are no credentials', async () => {
    const { client, url } = await start();
    const missing = new Failure('token-file-invalid', 'cannot read the token');
    const connection = { ...plainConnection(url), headers: () => Promise.reject(missing) };
    assert.equal(await failureOf(client({ connection }).request(get)), missing);
  });

  it('passes on why there is no certificate for a new connection', async () => {
    const { client, url } = await start();
    const missing = new Failure('kubernetes-unauthorized', 'the plugin failed');
    const connection = { ...plainConnection(url), tls: () => Promise.reject(missing) };
    assert.equal(await failureOf(client({ connection }).request(get)), missing);
  });

  it('refuses an answer that is not JSON', async () => {
    const { client } = await start((response) => response.end('<html>welcome</html>'));
    const failure = await failureOf(client().request(get));
    assert.equal(failure.code, 'kubernetes-error');
    assert.match(failure.message, /not JSON/);
  });

  it('tells the observer of each answer, and of a request without one', async () => {
    const seen: (readonly [string, string, number])[] = [];
    const observer = (verb: string, resource: string, code: number) => void seen.push([verb, resource, code]);
    const { client } = await start(json({}), refusal(404, 'NotFound'));
    const observed = client({ observer, timeoutSeconds: 0.2 });
    await observed.request(get);
    await failureOf(observed.request(get));
    await failureOf(observed.request(get));
    assert.deepEqual(seen, [
      ['get', 'secrets', 200],
      ['get', 'secrets', 404],
      ['get', 'secrets', 0],
    ]);
  });

  it('uses its connections again, and no more than it may', async () => {
    const ports = new Set<number | undefined>();
    const answer: Step = (response, request) => {
      ports.add(request.socket.remotePort);
      setTimeout(() => response.end('{}'), 5);
    };
    const { client } = await start(...Array.from({ length: 30 }, () => answer));
    const bounded = client({ connections: 3 });
    await Promise.all(Array.from({ length: 30 }, () => bounded.request(get)));
    assert.equal(ports.size, 3);
  });
});

/** Each token serves until it is refused. */
function rotatingConnection(url: string): KubernetesConnection {
  let headers = { authorization: 'Bearer token-1' };
  return {
    ...plainConnection(url),
    headers: () => Promise.resolve(headers),
    refused() {
      headers = { authorization: 'Bearer token-2' };
    },
  };
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof Failure, String(thrown));
  return thrown;
}
