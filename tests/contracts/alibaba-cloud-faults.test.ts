import assert from 'node:assert/strict';

import type { Identity } from '../../common/domain/credentials/identity.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import { demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { defineFaultCases, type FaultCase } from './alibaba-cloud-fault-cases.ts';
import {
  createTestServiceAccounts,
  enterpriseSource,
  failureOf,
  never,
  personalSource,
  rrsa,
  stableMessage,
  startCloudFixture,
  type CloudFixture,
} from './alibaba-cloud-fixture.ts';

const call = 'GetAuthorizationToken for cri-demo00000001 in cn-hangzhou';
const here = `${call} (cr-vpc.cn-hangzhou.aliyuncs.com)`;

const key = (id: string, secret: string): Identity => ({
  kind: 'access-key',
  accessKeyId: id,
  accessKeySecret: new SecretText(secret),
});

const cases: readonly FaultCase[] = [
  // The key pair
  {
    name: 'an AccessKey that does not exist',
    source: enterpriseSource({ identity: key('LTAI5tNobody', 'wrong-secret-that-opens-nothing') }),
    code: 'cloud-access-key-invalid',
    message: `${here}: HTTP 404 InvalidAccessKeyId.NotFound: Specified access key is not found. (RequestId …)`,
  },
  {
    name: 'an AccessKey that was switched off',
    source: enterpriseSource({ identity: key(demoNames.inactiveKey.id, demoNames.inactiveKey.secret) }),
    code: 'cloud-access-key-invalid',
    message: `${here}: HTTP 400 InvalidAccessKeyId.Inactive: Specified access key is disabled. (RequestId …)`,
  },
  {
    name: 'a wrong AccessKey secret',
    source: enterpriseSource({ identity: key(demoNames.pullerKey.id, 'wrong-secret-that-opens-nothing') }),
    code: 'cloud-signature-refused',
    message: `${here}: HTTP 400 SignatureDoesNotMatch: Specified signature is not matched with our calculation. (RequestId …)`,
  },
  {
    name: 'a missing RAM action',
    source: enterpriseSource({ identity: key(demoNames.deniedKey.id, demoNames.deniedKey.secret) }),
    code: 'cloud-access-denied',
    message: `${here}: HTTP 403 NoPermission: You are not authorized to do this action. You should be authorized by RAM. (RequestId …)`,
    hint: /RAM action cr:GetAuthorizationToken/,
  },
  {
    name: 'a Secret with the key pair that is not there',
    source: enterpriseSource({ identity: { kind: 'access-key-secret', secretName: 'acr-key' } }),
    code: 'access-key-secret-missing',
    message: 'there is no Secret acr-key in the helper’s namespace',
  },
  {
    name: 'a Secret without one of its keys',
    source: enterpriseSource({ identity: { kind: 'access-key-secret', secretName: 'acr-key' } }),
    prepare: async ({ secrets }) => secrets.set('acr-key', { 'access-key-id': 'LTAI5tNobody' }),
    code: 'access-key-secret-missing',
    message: 'Secret acr-key has no access-key-secret',
  },
  // The registry
  {
    name: 'an instance that does not exist',
    source: enterpriseSource({ instanceId: 'cri-nosuch' }),
    code: 'instance-not-found',
    message:
      'GetAuthorizationToken for cri-nosuch in cn-hangzhou (cr-vpc.cn-hangzhou.aliyuncs.com): HTTP 404 INSTANCE_NOT_EXIST: instance is not exist. (RequestId …)',
  },
  {
    name: 'an instance that expired',
    world: (world) => ({ ...world, instances: world.instances.map((one) => ({ ...one, status: 'STOPPED' })) }),
    code: 'instance-unavailable',
    message: `${here}: HTTP 400 INSTANCE_STATUS_NOT_SUPPORT: instance status STOPPED is not supported. (RequestId …)`,
  },
  {
    name: 'an instance without an endpoint that serves',
    source: enterpriseSource({ discoverDomains: true }),
    world: (world) => ({ ...world, instances: world.instances.map((one) => ({ ...one, endpoints: [] })) }),
    code: 'instance-unavailable',
    message:
      'ListInstanceEndpoint for cri-demo00000001 in cn-hangzhou: the instance has no endpoint that is enabled and running',
    hint: /enable the VPC or internet endpoint/,
  },
  {
    name: 'a Personal Edition user who was never registered',
    source: personalSource(),
    world: (world) => ({ ...world, personalEditions: [] }),
    code: 'personal-edition-user-missing',
    message:
      'GetAuthorizationToken for Personal Edition in cn-hangzhou (cr-vpc.cn-hangzhou.aliyuncs.com): HTTP 404 USER_NOT_EXIST: user is not exist. (RequestId …)',
  },
  {
    name: 'a region that does not exist',
    source: enterpriseSource({ regionId: 'cn-nowhere' }),
    code: 'cloud-request-refused',
    message:
      'GetAuthorizationToken for cri-demo00000001 in cn-nowhere (cr.cn-nowhere.aliyuncs.com): HTTP 421 UnknownHost: No product answers at host "cr.cn-nowhere.aliyuncs.com". (RequestId …)',
  },
  {
    name: 'a regionId that tries to steer the request elsewhere',
    source: enterpriseSource({ regionId: 'cn-hangzhou.evil.example/?' }),
    code: 'destination-refused',
    message: 'regionId "cn-hangzhou.evil.example/?" is not a region of Alibaba Cloud',
  },
  // Answers
  {
    name: 'throttling with a wait',
    effect: { kind: 'throttle', retryAfterMilliseconds: 2500 },
    code: 'cloud-throttled',
    message: `${here}: HTTP 400 Throttling.User: Request was denied due to user flow control. (RequestId …)`,
    retryAfterSeconds: 2.5,
  },
  {
    name: 'an HTML page of a load balancer',
    effect: { kind: 'html' },
    code: 'cloud-error',
    message: `${here}: HTTP 502 with an HTML or XML page`,
  },
  {
    name: 'HTTP 200 with IsSuccess: false',
    effect: { kind: 'not-successful', code: 'INSTANCE_NOT_EXIST', message: 'instance is not exist.' },
    code: 'instance-not-found',
    message: `${here}: HTTP 200 INSTANCE_NOT_EXIST: instance is not exist. (RequestId …)`,
  },
  {
    name: 'half a JSON text',
    effect: { kind: 'invalid-json' },
    code: 'cloud-answer-invalid',
    message: `${here}: HTTP 200 with text that is no JSON object`,
  },
  {
    name: 'an answer without a token',
    effect: { kind: 'without-token' },
    code: 'cloud-answer-invalid',
    message: `${call}: the answer has no AuthorizationToken`,
  },
  {
    name: 'a Personal Edition answer without a token',
    source: personalSource(),
    effect: { kind: 'without-token' },
    code: 'cloud-answer-invalid',
    message: 'GetAuthorizationToken for Personal Edition in cn-hangzhou: the answer has no data.authorizationToken',
  },
  {
    name: 'an expiry in the past',
    effect: { kind: 'expiry', offsetSeconds: -3600 },
    code: 'cloud-answer-invalid',
    message: `${call}: the answer has ExpireTime TIME, which is past (now NOW)`,
  },
  {
    name: 'an expiry ten years ahead',
    effect: { kind: 'expiry', offsetSeconds: 315_360_000 },
    code: 'cloud-answer-invalid',
    message: `${call}: the answer has ExpireTime TIME, which is more than 25 hours ahead (now NOW)`,
  },
  {
    name: 'a cloud that does not answer',
    options: { callTimeoutSeconds: 0.05 },
    effect: { kind: 'hang' },
    code: 'cloud-unreachable',
    message: `${call}: no host answers: cr-vpc.cn-hangzhou.aliyuncs.com over ENDPOINT: no answer within 0.05 s; cr.cn-hangzhou.aliyuncs.com over ENDPOINT: no answer within 0.05 s`,
  },
  {
    name: 'a body that never ends',
    options: { callTimeoutSeconds: 0.1 },
    effect: { kind: 'slow-body', milliseconds: 20_000 },
    code: 'cloud-unreachable',
    message: `${call}: no host answers: cr-vpc.cn-hangzhou.aliyuncs.com over ENDPOINT: no answer within 0.1 s; cr.cn-hangzhou.aliyuncs.com over ENDPOINT: no answer within 0.1 s`,
  },
  {
    name: 'connections that are reset',
    effect: { kind: 'reset' },
    code: 'cloud-unreachable',
    message: `${call}: no host answers: cr-vpc.cn-hangzhou.aliyuncs.com over ENDPOINT: connection reset (ECONNRESET); cr.cn-hangzhou.aliyuncs.com over ENDPOINT: connection reset (ECONNRESET)`,
  },
  {
    name: 'an endpoint where nobody listens',
    options: { openApiEndpoint: new URL('http://127.0.0.1:9') },
    code: 'cloud-unreachable',
    message: `${call}: no host answers: cr-vpc.cn-hangzhou.aliyuncs.com over ENDPOINT: connection refused (ECONNREFUSED); cr.cn-hangzhou.aliyuncs.com over ENDPOINT: connection refused (ECONNREFUSED)`,
  },
  {
    name: 'an answer that echoes the secret',
    effect: { kind: 'error', status: 400, code: 'Odd', message: `you sent ${demoNames.pullerKey.secret}` },
    code: 'cloud-request-refused',
    message: `${here}: HTTP 400 Odd: you sent [secret] (RequestId …)`,
  },
];

describe('Alibaba Cloud: what goes wrong with keys, registries and answers', () => {
  defineFaultCases(cases);
});

describe('Alibaba Cloud: what one fault does to others', () => {
  let fixture: CloudFixture;

  beforeEach(async () => {
    fixture = await startCloudFixture(createTestServiceAccounts());
  });

  afterEach(async () => {
    await fixture.stop();
  });

  it('a registry that fails stops no other', async () => {
    fixture.cloud.faults.add({ match: { instanceId: demoNames.instanceId }, effect: { kind: 'hang' } });
    const issuer = fixture.createIssuer({ callTimeoutSeconds: 0.5 });
    const hanging = failureOf(issuer.fetchCredential(enterpriseSource(), never));
    const other = enterpriseSource({ instanceId: demoNames.otherRegionInstanceId, regionId: 'cn-shanghai' });

    assert.equal((await issuer.fetchCredential(other, never)).username, 'cr_temp_user');
    assert.equal((await hanging).code, 'cloud-unreachable');
  });

  it('a regionId that steers elsewhere costs not even a session', async () => {
    await fixture.writeOidcToken();
    const source = enterpriseSource({ identity: rrsa, regionId: 'cn-hangzhou.evil.example' });
    await failureOf(fixture.createIssuer().fetchCredential(source, never));

    assert.equal(fixture.cloud.calls.count(), 0);
  });

  it('a fetch that is cancelled ends at once', async () => {
    fixture.cloud.faults.add({ match: {}, effect: { kind: 'hang' } });
    const controller = new AbortController();
    const fetched = failureOf(fixture.createIssuer().fetchCredential(enterpriseSource(), controller.signal));
    setTimeout(() => controller.abort(), 20);

    assert.equal(stableMessage(await fetched), `${call} (cr-vpc.cn-hangzhou.aliyuncs.com over ENDPOINT): cancelled`);
  });
});
