import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';

import { Failure } from '../../domain/failure.ts';
import { SecretText } from '../../domain/secret-text.ts';
import type { CloudCall } from './cloud-call.ts';
import { createCloudClient, type CloudClient, type CloudClientOptions } from './cloud-client.ts';
import { createCloudClock } from './cloud-clock.ts';

const host = 'cr.cn-hangzhou.aliyuncs.com';
const call: CloudCall = {
  product: 'cr',
  action: 'GetAuthorizationToken',
  version: '2018-12-01',
  method: 'POST',
  path: '/',
  query: { InstanceId: 'cri-abc' },
  regionId: 'cn-hangzhou',
  subject: 'cri-abc',
  session: { accessKeyId: 'testAK', accessKeySecret: new SecretText('testSecret') },
};
const where = `GetAuthorizationToken for cri-abc in cn-hangzhou (${host})`;
const never = new AbortController().signal;

describe('the client of Alibaba Cloud’s APIs', () => {
  let server: Server | TcpServer | undefined;
  let client: CloudClient | undefined;
  const observed: string[] = [];

  afterEach(async () => {
    await client?.close();
    if (server !== undefined && 'closeAllConnections' in server) server.closeAllConnections();
    server?.close();
    client = server = undefined;
    observed.length = 0;
  });

  const listen = async (listening: Server | TcpServer): Promise<URL> => {
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`);
  };
  const connect = (openApiEndpoint: URL | undefined, options: Partial<CloudClientOptions> = {}): CloudClient => {
    client = createCloudClient({
      clock: Date.now,
      cloudClock: createCloudClock(Date.now),
      openApiEndpoint,
      allowedHosts: [],
      observer: (action, region, code) => observed.push(`${action} ${region} ${code}`),
      ...options,
    });
    return client;
  };
  const callAnswered = async (
    handler: RequestListener,
    options: Partial<CloudClientOptions> = {},
    changes: Partial<CloudCall> = {},
  ) => await connect(await listen(createServer(handler)), options).call({ ...call, ...changes }, host, never);
  const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
    const thrown: unknown = await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(thrown instanceof Failure);
    return thrown;
  };

  it('connects to the endpoint and keeps the real host', async () => {
    let received: IncomingMessage | undefined;
    const answer = await callAnswered((request, response) => {
      received = request;
      response.end('{"RequestId":"R","IsSuccess":true}');
    });

    assert.deepEqual(answer, { RequestId: 'R', IsSuccess: true });
    assert.equal(received?.headers.host, host);
    assert.equal(received?.url, '/?InstanceId=cri-abc');
    assert.match(received?.headers.authorization ?? '', /^ACS3-HMAC-SHA256 Credential=testAK,/);
    assert.deepEqual(observed, ['GetAuthorizationToken cn-hangzhou ok']);
  });

  it('sends a form in the body, and an unsigned call with its names in the query', async () => {
    let url = '';
    let body = '';
    let authorization: string | undefined;
    await callAnswered(
      (request, response) => {
        url = request.url ?? '';
        authorization = request.headers.authorization;
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => response.end('{}'));
      },
      {},
      {
        action: 'AssumeRoleWithOIDC',
        query: {},
        form: { OIDCToken: 'a.b+c', RoleArn: 'acs:ram::1:role/r' },
        session: undefined,
      },
    );

    assert.equal(authorization, undefined);
    assert.equal(body, 'OIDCToken=a.b%2Bc&RoleArn=acs%3Aram%3A%3A1%3Arole%2Fr');
    const parameters = new URL(url, 'http://host').searchParams;
    assert.deepEqual([...parameters.keys()], ['Action', 'Version', 'Format', 'Timestamp', 'SignatureNonce']);
    assert.equal(parameters.get('Format'), 'JSON');
  });

  it('sends nothing to a host outside Alibaba Cloud', async () => {
    const { code } = await failureOf(
      connect(new URL('http://127.0.0.1:1')).call(call, 'cr.cn-hangzhou.evil.example', never),
    );

    assert.equal(code, 'destination-refused');
    assert.deepEqual(observed, []);
  });

  for (const accessKeyId of ['', 'LTAI5t\n', 'ＬTAI5t', 'a b', 'x'.repeat(129)]) {
    it(`sends nothing for the AccessKey id ${JSON.stringify(accessKeyId.slice(0, 10))}`, async () => {
      const session = { accessKeyId, accessKeySecret: new SecretText('testSecret') };
      const failure = await failureOf(connect(new URL('http://127.0.0.1:1')).call({ ...call, session }, host, never));

      assert.equal(failure.code, 'cloud-access-key-invalid');
      assert.equal(
        failure.message,
        'GetAuthorizationToken for cri-abc in cn-hangzhou: the AccessKey id is empty or holds odd characters',
      );
    });
  }

  it('asks for no compression, and says so of a gateway that compresses nevertheless', async () => {
    const failure = await failureOf(
      callAnswered((request, response) => {
        assert.equal(request.headers['accept-encoding'], 'identity');
        response.setHeader('content-encoding', 'gzip').end(gzipSync('{}'));
      }),
    );
    assert.equal(failure.code, 'cloud-answer-invalid');
    assert.equal(failure.message, `${where}: HTTP 200 with a body in the encoding gzip, which was not asked for`);
  });

  it('reads the code of an error that comes as XML', async () => {
    const failure = await failureOf(
      callAnswered((_request, response) => {
        response.statusCode = 404;
        response.end(
          '<?xml version="1.0" encoding="UTF-8"?><Error><RequestId>R-1</RequestId><HostId>h</HostId>' +
            '<Code>InvalidAccessKeyId.NotFound</Code><Message>Specified access key is not found.</Message></Error>',
        );
      }),
    );
    assert.equal(failure.code, 'cloud-access-key-invalid');
    assert.equal(
      failure.message,
      `${where}: HTTP 404 InvalidAccessKeyId.NotFound: Specified access key is not found. (RequestId R-1)`,
    );
  });

  it('blames what is in between for an error page that is not Alibaba Cloud’s', async () => {
    for (const page of ['404 page not found', '<html><body>Access denied by policy</body></html>']) {
      const failure = await failureOf(
        callAnswered((_request, response) => {
          response.statusCode = 403;
          response.end(page);
        }),
      );
      assert.equal(failure.code, 'cloud-request-refused');
      assert.match(failure.hint, /--openapi-endpoint, and proxies/);
      await client?.close();
      server?.close();
    }
  });

  it('never follows a redirect', async () => {
    let requests = 0;
    const failure = await failureOf(
      callAnswered((request, response) => {
        requests++;
        response.writeHead(307, { location: `http://${request.headers.host}/elsewhere` }).end();
      }),
    );

    assert.equal(failure.message, `${where}: HTTP 307, a redirect, which is never followed`);
    assert.equal(requests, 1);
  });

  const answers: readonly (readonly [string, number, string, string, string])[] = [
    ['an empty body', 200, '', 'cloud-answer-invalid', 'HTTP 200 with an empty body'],
    ['a list', 200, '[]', 'cloud-answer-invalid', 'HTTP 200 with text that is no JSON object'],
    ['null', 200, 'null', 'cloud-answer-invalid', 'HTTP 200 with text that is no JSON object'],
    ['XML', 200, '<Answer/>', 'cloud-answer-invalid', 'HTTP 200 with an HTML or XML page'],
    ['more than 1 MiB', 200, `"${'x'.repeat(1024 * 1024)}"`, 'cloud-answer-invalid', 'HTTP 200 with more than 1 MiB'],
    ['an empty 503', 503, '', 'cloud-error', 'HTTP 503 with an empty body'],
    ['JSON without a code', 400, '{"a":1}', 'cloud-request-refused', 'HTTP 400 with JSON without a Code'],
    [
      'upper-case fields',
      403,
      '{"Code":"NoPermission","Message":"no.","RequestId":"R-1","HostId":"h"}',
      'cloud-access-denied',
      'HTTP 403 NoPermission: no. (RequestId R-1)',
    ],
    [
      'lower-case fields',
      404,
      '{"code":"USER_NOT_EXIST","message":"user is not exist.","requestId":"R-2"}',
      'personal-edition-user-missing',
      'HTTP 404 USER_NOT_EXIST: user is not exist. (RequestId R-2)',
    ],
    ['fields of other types', 400, '{"Code":400,"Message":{"a":1}}', 'cloud-request-refused', 'HTTP 400 400'],
  ];
  for (const [name, status, text, code, message] of answers) {
    it(`reads ${name} as ${code}`, async () => {
      const failure = await failureOf(callAnswered((_, response) => response.writeHead(status).end(text)));

      assert.equal(failure.message, `${where}: ${message}`);
      assert.equal(failure.code, code);
      assert.deepEqual(observed, [`GetAuthorizationToken cn-hangzhou ${code}`]);
    });
  }

  const waits: readonly (readonly [Record<string, string>, number | undefined])[] = [
    [{ 'x-acs-retry-after': '1500' }, 1.5],
    [{ 'retry-after': '7' }, 7],
    [{ 'x-acs-retry-after': '1500', 'retry-after': '7' }, 1.5],
    [{ 'x-acs-retry-after': '999999999' }, 3600],
    [{ 'x-acs-retry-after': 'soon' }, undefined],
    [{ 'x-acs-retry-after': '-5' }, undefined],
  ];
  for (const [headers, seconds] of waits) {
    it(`waits ${seconds ?? 'as it sees fit'} for ${JSON.stringify(headers)}`, async () => {
      const failure = await failureOf(
        callAnswered((_, response) => response.writeHead(429, headers).end('{"Code":"Throttling.User"}')),
      );

      assert.deepEqual(failure.reaction, seconds === undefined ? { kind: 'retry' } : { kind: 'retry-after', seconds });
    });
  }

  it('signs once more, with another nonce, after the date was refused and the clock could be corrected', async () => {
    const nonces: (string | undefined)[] = [];
    const ahead = 3_600_000;
    await callAnswered((request, response) => {
      nonces.push(String(request.headers['x-acs-signature-nonce']));
      const signedAt = Date.parse(String(request.headers['x-acs-date']));
      const isRight = Math.abs(signedAt - (Date.now() + ahead)) < 10_000;
      response.writeHead(isRight ? 200 : 400, { date: new Date(Date.now() + ahead).toUTCString() });
      response.end(isRight ? '{}' : '{"Code":"InvalidTimeStamp.Expired"}');
    });

    assert.equal(new Set(nonces).size, 2);
    assert.deepEqual(observed, [
      'GetAuthorizationToken cn-hangzhou cloud-clock-skewed',
      'GetAuthorizationToken cn-hangzhou ok',
    ]);
  });

  it('corrects the clock at once when it was set to another time, whatever was measured before', async () => {
    const cloudClock = createCloudClock(Date.now);
    for (let answer = 0; answer < 5; answer++) cloudClock.observe(new Date().toUTCString(), Date.now(), Date.now());
    const cloudNow = () => Date.now() + 3_600_000;
    await callAnswered(
      (request, response) => {
        const isRight = Math.abs(Date.parse(String(request.headers['x-acs-date'])) - cloudNow()) < 10_000;
        response.writeHead(isRight ? 200 : 400, { date: new Date(cloudNow()).toUTCString() });
        response.end(isRight ? '{}' : '{"Code":"InvalidTimeStamp.Expired"}');
      },
      { cloudClock },
    );

    assert.equal(observed.length, 2);
  });

  it('gives up on the date when the answer does not tell the time', async () => {
    const failure = await failureOf(
      callAnswered((_, response) => {
        response.sendDate = false;
        response.writeHead(400).end('{"Code":"InvalidTimeStamp.Expired","Message":"expired."}');
      }),
    );

    assert.equal(failure.code, 'cloud-clock-skewed');
    assert.equal(observed.length, 1);
  });

  it('gives up on the date after the second refusal', async () => {
    const failure = await failureOf(
      callAnswered((_, response) => {
        response.writeHead(400, { date: new Date(Date.now() + 7_200_000).toUTCString() });
        response.end('{"Code":"InvalidTimeStamp.Expired"}');
      }),
    );

    assert.equal(failure.code, 'cloud-clock-skewed');
    assert.equal(observed.length, 2);
  });

  it('says so when what answers does not speak HTTP, without quoting it', async () => {
    const endpoint = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    const failure = await failureOf(connect(endpoint).call(call, host, never));

    assert.equal(failure.message, `${where.slice(0, -1)} over ${endpoint.host}): the answer is not HTTP`);
    assert.equal(failure.code, 'cloud-answer-invalid');
  });

  it('gives a whole call its time, also when the body trickles', async () => {
    const failure = await failureOf(
      callAnswered(
        (_, response) => {
          response.write('{');
          const timer = setInterval(() => response.write(' '), 10);
          response.on('close', () => clearInterval(timer));
        },
        { callTimeoutSeconds: 0.1 },
      ),
    );

    assert.equal(failure.code, 'cloud-unreachable');
    assert.match(failure.message, /no answer within 0\.1 s$/);
  });

  it('takes a failed TLS handshake for no answer', async () => {
    const endpoint = new URL(
      (await listen(createTcpServer((socket) => socket.end('no TLS')))).href.replace('http:', 'https:'),
    );
    const failure = await failureOf(connect(endpoint).call(call, host, never));

    assert.equal(failure.code, 'cloud-unreachable');
  });

  it('keeps the endpoint’s path as a prefix that is not signed', async () => {
    let url = '';
    const endpoint = await listen(
      createServer((request, response) => {
        url = request.url ?? '';
        response.end('{}');
      }),
    );
    await connect(new URL('/gateway/', endpoint)).call(call, host, never);

    assert.equal(url, '/gateway/?InstanceId=cri-abc');
  });
});
