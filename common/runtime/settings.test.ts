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

  it('does not repeat a password in a URL', () => {
    assert.throws(
      () => parse({ openapiEndpoint: 'http://user:canary@host' }),
      (error) => error instanceof Failure && !error.message.includes('canary'),
    );
  });
});
