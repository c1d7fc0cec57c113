import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type RequestOptions } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { issueCertificate } from '../../common/adapters/certificates/issue-certificate.ts';
import type { ServingCertificate } from '../../common/domain/admission/serving-certificate.ts';
import { Failure } from '../../common/domain/failure.ts';
import { startReviewServer, type ReviewServer } from './review-server.ts';

describe('the HTTPS server of the webhook', () => {
  let certificate: ServingCertificate;
  let server: ReviewServer;
  let missing: string | undefined;

  before(async () => {
    certificate = await issueCertificate(['127.0.0.1'], Date.now());
    server = await startReviewServer({
      address: { host: '127.0.0.1', port: 0 },
      certificate,
      answer: (path, body) => {
        if (body === 'broken') throw new Failure('review-invalid', 'this is broken');
        return Promise.resolve(path === '/accounts' ? `{"echo":${JSON.stringify(body)}}` : undefined);
      },
      notReady: () => missing,
      limits: { bodyBytes: 1000, headersMilliseconds: 300, requestMilliseconds: 600 },
    });
  });

  after(() => server?.close());

  type Answer = { readonly status: number; readonly text: string };

  function ask(options: RequestOptions, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: server.port,
          ca: certificate.authority,
          method: 'POST',
          path: '/accounts',
          headers,
          agent: false,
          ...options,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  it('answers a review', async () => {
    assert.deepEqual(await ask({}, 'hello'), { status: 200, text: '{"echo":"hello"}' });
  });

  it('takes a content type with a character set', async () => {
    assert.equal((await ask({ headers: { 'content-type': 'application/json; charset=utf-8' } }, '{}')).status, 200);
  });

  it('says 415 to another content type', async () => {
    assert.equal((await ask({ headers: { 'content-type': 'text/plain' } }, '{}')).status, 415);
  });

  it('says 405 to anything but a POST, and 404 to an unknown path', async () => {
    assert.equal((await ask({ method: 'GET' })).status, 405);
    assert.equal((await ask({ path: '/elsewhere' }, '{}')).status, 404);
  });

  it('says 400 to what is no review, with the reason', async () => {
    assert.deepEqual(await ask({}, 'broken'), { status: 400, text: 'this is broken\n' });
  });

  it('says 413 to a body that is too large, whether or not it says so at first', async () => {
    const body = 'x'.repeat(1001);
    assert.equal((await ask({}, body)).status, 413);
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    assert.equal((await ask({ headers }, body)).status, 413);
  });

  it('tells by /healthz whether it can answer', async () => {
    assert.equal((await ask({ method: 'GET', path: '/healthz' })).status, 200);
    missing = 'no configuration is in force yet';
    assert.deepEqual(await ask({ method: 'GET', path: '/healthz' }), { status: 503, text: `${missing}\n` });
    missing = undefined;
  });

  it('ends a connection that sends its headers too slowly', async () => {
    const socket = connectTls({ host: '127.0.0.1', port: server.port, ca: certificate.authority });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.write('POST /accounts HTTP/1.1\r\nHost: x\r\n');
    socket.resume();
    await once(socket, 'close');
  });

  it('ends a connection that sends its body too slowly', async () => {
    const socket = connectTls({ host: '127.0.0.1', port: server.port, ca: certificate.authority });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.write(
      'POST /accounts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\nx',
    );
    socket.resume();
    await once(socket, 'close');
  });

  it('ends a connection that never begins to speak TLS', async () => {
    const socket = connectTcp(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    await once(socket, 'close');
  });

  it('speaks no TLS before 1.2', async () => {
    // The client's library must be told to lower its own standards first.
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await assert.rejects(ask(old, '{}'), /protocol version|unsupported protocol|EPROTO|ECONNRESET/i);
  });

  it('serves a new certificate without dropping a request', async () => {
    const next = await issueCertificate(['127.0.0.1'], Date.now());
    const agent = new Agent({ keepAlive: true, maxSockets: 4, ca: certificate.authority + next.authority });
    const stop = new AbortController();
    const steady = (async () => {
      let answered = 0;
      while (!stop.signal.aborted) {
        const answers = await Promise.all(Array.from({ length: 8 }, () => ask({ agent }, '{}')));
        for (const { status } of answers) assert.equal(status, 200);
        answered += answers.length;
      }
      return answered;
    })();
    await ask({ agent }, '{}');
    server.useCertificate(next);
    const old = certificate;
    certificate = next;
    assert.equal((await ask({}, '{}')).status, 200);
    await assert.rejects(ask({ ca: old.authority }, '{}'));
    stop.abort();
    assert.ok((await steady) > 0);
    agent.destroy();
  });

  it('refuses a certificate that cannot be used, and goes on with the one before', async () => {
    const broken = { ...certificate, certificate: 'not a certificate' };
    assert.throws(
      () => server.useCertificate(broken),
      (error) => error instanceof Failure && error.code === 'webhook-certificate-invalid',
    );
    assert.equal((await ask({}, '{}')).status, 200);
  });
});

describe('the end of the HTTPS server', () => {
  it('comes after a while in which whoever still calls is answered, once for each connection', async () => {
    const certificate = await issueCertificate(['127.0.0.1'], Date.now());
    const server = await startReviewServer({
      address: { host: '127.0.0.1', port: 0 },
      certificate,
      answer: () => Promise.resolve('{}'),
      notReady: () => undefined,
    });
    const closed = server.close(1);
    const headers = { 'content-type': 'application/json' };
    const options = { host: '127.0.0.1', port: server.port, ca: certificate.authority, method: 'POST', headers };
    const outgoing = request({ ...options, agent: new Agent({ keepAlive: true }) });
    outgoing.end('{}');
    const [response] = (await once(outgoing, 'response')) as [
      { statusCode: number; headers: Record<string, string>; resume: () => void },
    ];
    response.resume();
    assert.deepEqual([response.statusCode, response.headers['connection']], [200, 'close']);
    await closed;
    await assert.rejects(once(connectTcp(server.port, '127.0.0.1'), 'connect'));
  });

  it('comes after the answer that is under way, and takes no new connection', async () => {
    const certificate = await issueCertificate(['127.0.0.1'], Date.now());
    let release = (): void => undefined;
    let began = (): void => undefined;
    const beginning = new Promise<void>((resolve) => {
      began = resolve;
    });
    const server = await startReviewServer({
      address: { host: '127.0.0.1', port: 0 },
      certificate,
      answer: async () => {
        began();
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return '{}';
      },
      notReady: () => undefined,
    });
    const agent = new Agent({ keepAlive: true, ca: certificate.authority });
    const options = {
      host: '127.0.0.1',
      port: server.port,
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    };
    const outgoing = request(options);
    outgoing.end('{}');
    const answered = once(outgoing, 'response') as Promise<[{ statusCode: number; resume: () => void }]>;
    await beginning;
    const closed = server.close();
    release();
    const [response] = await answered;
    response.resume();
    assert.equal(response.statusCode, 200);
    await closed;
    await assert.rejects(once(connectTcp(server.port, '127.0.0.1'), 'connect'));
    agent.destroy();
  });
});
