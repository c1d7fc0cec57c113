import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretText } from '../../domain/secret-text.ts';
import { askRegistry, type PullAnswer } from './ask-registry.ts';

describe('askRegistry', () => {
  let server: Server;
  let host: string;
  let respond: (request: IncomingMessage, response: ServerResponse) => void;
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
      respond(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const ask = (): Promise<PullAnswer> =>
    askRegistry({ host, repository: 'shop/web', reference: '1' }, { username: 'u', password: new SecretText('p') });

  /** As a registry with tokens. */
  const registry =
    (manifestStatus: number, tokenStatus = 200) =>
    ({ url = '', headers }: IncomingMessage, response: ServerResponse): void => {
      if (url.startsWith('/token')) {
        response.writeHead(tokenStatus).end(JSON.stringify({ token: 'from-the-authority' }));
      } else if (headers.authorization === undefined) {
        response
          .writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="reg",scope="x"` })
          .end();
      } else {
        response.writeHead(manifestStatus).end();
      }
    };

  it('gets a token for the login, and asks for the headers of the manifest by it', async () => {
    respond = registry(200);
    assert.deepEqual(await ask(), { kind: 'pulls' });
    assert.deepEqual(asked, [
      'GET /v2/',
      'GET /token?service=reg&scope=repository%3Ashop%2Fweb%3Apull Basic dTpw',
      'HEAD /v2/shop/web/manifests/1 Bearer from-the-authority',
    ]);
  });

  it('says who refused', async () => {
    respond = registry(200, 403);
    assert.deepEqual(await ask(), { kind: 'refused', status: 403, by: host });
    respond = registry(401);
    assert.deepEqual(await ask(), { kind: 'refused', status: 401, by: host });
  });

  it('says that there is no such image', async () => {
    respond = registry(404);
    assert.deepEqual(await ask(), { kind: 'no-such-image' });
  });

  it('sends no login to an authority without TLS on another machine', async () => {
    respond = (_request, response) =>
      void response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://evil.example/token"' }).end();
    assert.deepEqual(await ask(), {
      kind: 'unclear',
      problem: 'the registry names an authority without TLS: evil.example',
    });
  });

  it('follows no redirect with a login', async () => {
    respond = (request, response) =>
      request.url === '/v2/'
        ? void response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end()
        : void response.writeHead(307, { location: 'http://evil.example/' }).end();
    assert.deepEqual(await ask(), { kind: 'unclear', problem: `${host} answers 307` });
  });

  it('says what is answered that is neither yes nor no: too many requests, a page for people', async () => {
    respond = registry(429);
    assert.deepEqual(await ask(), { kind: 'unclear', problem: `${host} answers 429` });
    respond = registry(200, 503);
    assert.deepEqual(await ask(), { kind: 'unclear', problem: `${host} answers 503` });
  });

  it('repeats nothing of what an authority answers that it cannot read', async () => {
    respond = (request, response) =>
      request.url?.startsWith('/token') === true
        ? void response.end('{"token":"canary-7f3a"')
        : registry(200)(request, response);
    assert.deepEqual(await ask(), { kind: 'unclear', problem: `${host} answers without a token` });
  });

  it('says that nobody answers', async () => {
    server.close();
    assert.deepEqual(await ask(), { kind: 'unreachable', problem: 'connection refused (ECONNREFUSED)' });
  });
});
