import assert from 'node:assert/strict';
import { Failure } from '../domain/failure.ts';
import { parseSettings, type RawSettings, type Settings } from './settings.ts';

function parse(raw: RawSettings = {}): Settings {
  return parseSettings(raw, {});
}

describe('parseSettings', () => {
  it('has a sensible default for everything', () => {
    const { roles, configMap, secretName, opsAddress, webhook, kubeConcurrency, tokenMode, environment } = parse();
    assert.deepEqual(roles, ['watcher', 'fetcher', 'writer', 'webhook']);
    assert.deepEqual(configMap, { namespace: 'kube-system', name: 'acr-configuration' });
    assert.equal(secretName, 'acr-credential-secret-aggregation');
    assert.deepEqual(opsAddress, { host: '0.0.0.0', port: 9090 });
    assert.deepEqual(webhook.address, { host: '0.0.0.0', port: 9443 });
    assert.equal(kubeConcurrency, 16);
    assert.equal(tokenMode, 'auto');
    assert.equal(environment.metadataEndpoint.href, 'http://100.100.100.200/');
  });

  it('takes roles repeated or as a comma list, each once', () => {
    assert.deepEqual(parse({ role: ['writer', 'watcher,writer'] }).roles, ['writer', 'watcher']);
  });

  it('takes a metadata endpoint with or without a scheme', () => {
    for (const value of ['127.0.0.1:80', 'http://127.0.0.1:80']) {
      assert.equal(
        parseSettings({}, { ALIBABA_CLOUD_IMDS_ENDPOINT: value }).environment.metadataEndpoint.href,
        'http://127.0.0.1/',
      );
    }
  });

  it('takes allowed hosts with ports, in lower case', () => {
    const { allowedHosts } = parse({ allowedHost: ['CR.example:5000,[::1]:5000', '127.0.0.1'] });
    assert.deepEqual(allowedHosts, ['cr.example:5000', '[::1]:5000', '127.0.0.1']);
  });

  it('takes an IPv6 address in brackets', () => {
    assert.deepEqual(parse({ opsAddress: '[::1]:9090' }).opsAddress, { host: '::1', port: 9090 });
  });

  const refused: readonly (readonly [RawSettings, RegExp])[] = [
    [{ role: ['boss'] }, /^--role is "boss": write one of all, watcher, fetcher, writer, webhook$/],
    [{ webhookUrl: 'http://127.0.0.1' }, /^--webhook-url is .*: write https:\/\/HOST:PORT without a path$/],
    [{ webhookUrl: 'https://127.0.0.1/path' }, /^--webhook-url/],
    [{ webhookService: 'a.b' }, /^--webhook-service is "a.b": write the name of a Service/],
    [{ webhookAddress: 'here' }, /^--webhook-address is "here": write HOST:PORT/],
    [{ configMap: 'acr-configuration' }, /^--config-map is "acr-configuration": write NAMESPACE\/NAME/],
    [{ configMap: 'a/b/c' }, /^--config-map/],
    [{ secretName: 'My_Secret' }, /^--secret-name is "My_Secret": write a Kubernetes name/],
    [{ opsAddress: '127.0.0.1:99999' }, /^--ops-address is "127.0.0.1:99999": write HOST:PORT/],
    [{ kubeConcurrency: 'many' }, /^--kube-concurrency is "many": write a whole number from 1 to 256$/],
    [{ kubeQps: '1.5' }, /^--kube-qps is "1.5"/],
    [{ openapiEndpoint: 'cr.example' }, /^--openapi-endpoint is "cr.example": write a URL/],
    [{ traceEndpoint: 'collector:4318' }, /^--trace-endpoint is "collector:4318": write a URL/],
    [{ traceEndpoint: 'http://collector/?token=canary' }, /^--trace-endpoint is "\(hidden\)": write a URL without/],
    [{ traceRatio: '7' }, /^--trace-ratio is "7": write a number from 0 to 1, such as 0.1$/],
    [{ traceRatio: '-0.1' }, /^--trace-ratio is "-0.1"/],
    [{ traceRatio: 'half' }, /^--trace-ratio is "half"/],
    [{ traceRatio: ' ' }, /^--trace-ratio is " "/],
    [{ region: 'cn hangzhou' }, /^--region is "cn hangzhou": write the id of a region, such as cn-hangzhou$/],
    [{ region: 'Singapore' }, /^--region is .*ap-southeast-1$/],
    [
      { allowedHost: ['https://cr.example'] },
      /^--allowed-host is "https:\/\/cr.example": write a host by its full name/,
    ],
    [{ allowedHost: ['*.example'] }, /^--allowed-host is .*wildcard/],
    [{ openapiEndpoint: 'http://gate/?key=canary' }, /^--openapi-endpoint is "\(hidden\)": write a URL without/],
    [{ configMap: 'kube.system/acr' }, /^--config-map/],
    [{ configMap: 'kube-system/a..b' }, /^--config-map/],
    [{ tokenMode: 'magic' }, /^--token-mode is "magic": write one of auto, managedRole, workerRole$/],
  ];
  for (const [raw, message] of refused) {
    it(`refuses ${JSON.stringify(raw)} and says what to write`, () => {
      assert.throws(
        () => parse(raw),
        (error) => error instanceof Failure && error.code === 'setting-invalid' && message.test(error.message),
      );
    });
  }

  it('traces nothing without an endpoint', () => {
    assert.equal(parse().tracing, undefined);
  });

  it('takes a trace endpoint with or without the path of OTLP, and a tenth of the traces', () => {
    for (const [given, used] of [
      ['http://collector:4318', 'http://collector:4318/v1/traces'],
      ['http://collector:4318/', 'http://collector:4318/v1/traces'],
      ['https://otel.example.com/team/', 'https://otel.example.com/team/v1/traces'],
      ['http://collector:4318/v1/traces', 'http://collector:4318/v1/traces'],
    ] as const) {
      const { tracing } = parse({ traceEndpoint: given });
      assert.equal(tracing?.endpoint.href, used);
      assert.equal(tracing.ratio, 0.1);
    }
    for (const ratio of [0, 1])
      assert.equal(parse({ traceEndpoint: 'http://c', traceRatio: `${ratio}` }).tracing?.ratio, ratio);
  });

  it('does not repeat a password in a URL', () => {
    assert.throws(
      () => parse({ openapiEndpoint: 'http://user:canary@host' }),
      (error) => error instanceof Failure && !error.message.includes('canary'),
    );
  });
});
