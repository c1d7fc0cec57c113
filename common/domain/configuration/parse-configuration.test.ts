import assert from 'node:assert/strict';
import type { Identity } from '../credentials/identity.ts';
import { SecretText } from '../secret-text.ts';
import { parseConfiguration } from './parse-configuration.ts';
import { describeProblem } from './problems/problem.ts';
import { problemCatalog } from './problems/problem-catalog.ts';

const role = 'acs:ram::1234567890123456:role/puller';
const helper = 'acs:ram::1111111111111111:role/helper';
const provider = 'acs:ram::1111111111111111:oidc-provider/ack-rrsa-c1';

describe('parseConfiguration', () => {
  it('reads no data at all as the defaults of the original', () => {
    assert.deepEqual(parseConfiguration({}), {
      configuration: {
        namespaces: { include: ['default'], exclude: [] },
        accounts: { include: ['default'], exclude: [] },
        registries: [{ index: 0, edition: 'personal', instanceId: '', identity: { kind: 'cluster-role' } }],
        mirrors: [],
        expiringThresholdSeconds: 900,
        secretNaming: 'aggregated',
        attach: true,
        takeOver: false,
        repairPods: false,
        admission: { enabled: false, failurePolicy: 'Ignore', timeoutSeconds: 10, pods: false },
      },
      problems: [],
    });
  });

  const identities: readonly (readonly [name: string, fields: string, rrsa: boolean, identity: Identity])[] = [
    ['the cluster’s role', 'instanceId: cri-a', false, { kind: 'cluster-role' }],
    [
      'RRSA with its ARNs',
      `rrsaRoleARN: ${helper}\n  rrsaOIDCProviderRoleARN: ${provider}`,
      true,
      { kind: 'rrsa', roleArn: helper, oidcProviderArn: provider },
    ],
    ['RRSA from the environment', 'instanceId: cri-a', true, { kind: 'rrsa', roleArn: '', oidcProviderArn: '' }],
    [
      'no RRSA while it is off',
      `rrsaRoleARN: ${helper}\n  rrsaOIDCProviderRoleARN: ${provider}`,
      false,
      { kind: 'cluster-role' },
    ],
    ['a Secret', 'accessKeySecretRef: acr-user', true, { kind: 'access-key-secret', secretName: 'acr-user' }],
    [
      'a key pair',
      'customAccessKey: LTAI5t\n  customAccessKeySecret: xyz',
      true,
      { kind: 'access-key', accessKeyId: 'LTAI5t', accessKeySecret: new SecretText('xyz') },
    ],
    [
      'a role on top of the cluster’s',
      `assumeRoleARN: ${role}`,
      false,
      { kind: 'assumed-role', roleArn: role, sessionSeconds: 3600, base: { kind: 'cluster-role' } },
    ],
    [
      'a role on top of RRSA',
      `assumeRoleARN: ${role}\n  expireDuration: 7200`,
      true,
      {
        kind: 'assumed-role',
        roleArn: role,
        sessionSeconds: 7200,
        base: { kind: 'rrsa', roleArn: '', oidcProviderArn: '' },
      },
    ],
    [
      'a role on top of a Secret',
      `assumeRoleARN: ${role}\n  accessKeySecretRef: u`,
      false,
      {
        kind: 'assumed-role',
        roleArn: role,
        sessionSeconds: 3600,
        base: { kind: 'access-key-secret', secretName: 'u' },
      },
    ],
  ];
  for (const [name, fields, rrsa, identity] of identities) {
    it(`lets an entry be signed for by ${name}`, () => {
      const { configuration } = parseConfiguration({ 'acr-registry-info': `- ${fields}`, rrsa: `enable: ${rrsa}` });
      assert.deepEqual(configuration?.registries[0]?.identity, identity);
    });
  }

  it('keeps the plain text of a key pair for the signer', () => {
    const text = '- customAccessKey: LTAI5t\n  customAccessKeySecret: "x:y#z"';
    const identity = parseConfiguration({ 'acr-registry-info': text }).configuration?.registries[0]?.identity;
    assert.ok(identity?.kind === 'access-key');
    assert.equal(identity.accessKeySecret.reveal(), 'x:y#z');
  });

  it('keeps the position of an entry when another is a mirror', () => {
    const text = '- pullSecretRef: hub\n- instanceId: cri-a\n- pullSecretRef: quay\n  namespaces: shop';
    const { configuration } = parseConfiguration({ 'acr-registry-info': text });
    assert.deepEqual(
      configuration?.registries.map(({ index }) => index),
      [1],
    );
    assert.deepEqual(configuration?.mirrors, [
      { index: 0, secretName: 'hub' },
      { index: 2, secretName: 'quay', namespaces: { include: ['shop'], exclude: [] } },
    ]);
  });

  it('adds no Personal Edition to a list that holds only mirrors', () => {
    assert.deepEqual(parseConfiguration({ 'acr-registry-info': '- pullSecretRef: hub' }).configuration?.registries, []);
  });

  it('reports the problems of every key at once', () => {
    const { problems } = parseConfiguration({
      'watch-namespace': 'A',
      'expiring-threshold': '15',
      'acr-registry-info': '- instanceId: x\n- regionId: X',
      rrsa: 'enable: maybe',
    });
    assert.deepEqual(
      problems.map(({ code, key, entry }) => [code, key, entry]),
      [
        ['name-format', 'watch-namespace', undefined],
        ['duration-format', 'expiring-threshold', undefined],
        ['instance-format', 'acr-registry-info', 0],
        ['region-format', 'acr-registry-info', 1],
        ['not-a-boolean', 'rrsa', undefined],
      ],
    );
  });

  it('sorts the problems of a key by their place', () => {
    const { problems } = parseConfiguration({ 'acr-registry-info': '- nonsense: 1 // a\n  instanceId: x // b' });
    const places = problems.map(({ line, column }) => line * 1000 + column);
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  it('shows the value found, and never that of an unknown field', () => {
    const { problems } = parseConfiguration({
      'acr-registry-info': '- customAccessKeySecrets: topsecret\n  regionId: Nowhere',
    });
    assert.equal(problems.find(({ code }) => code === 'region-format')?.found, 'Nowhere');
    assert.ok(!JSON.stringify(problems).includes('topsecret'));
  });

  it('abbreviates an AccessKey', () => {
    const text = '- customAccessKey: LTAI5tABCDEFGHIJ\n  customAccessKeySecret: topsecret';
    const { problems } = parseConfiguration({ 'acr-registry-info': text });
    assert.equal(problems[0]?.message, 'the AccessKey LTAI…GHIJ stands here in plain text');
    assert.ok(!JSON.stringify(problems).includes('LTAI5tABCDEFGHIJ'));
  });

  it('hides a secret that a slip made part of another value', () => {
    const { problems } = parseConfiguration({
      'acr-registry-info': '- instanceId: cri-a customAccessKeySecret=topsecret',
    });
    assert.ok(problems.some(({ severity }) => severity === 'error'));
    assert.ok(!JSON.stringify(problems).includes('topsecret'));
  });

  it('is not confused by keys that every object has', () => {
    const data = JSON.parse('{"__proto__": "x", "constructor": "y", "toString": "z"}') as Record<string, string>;
    const { problems, configuration } = parseConfiguration(data);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['foreign-key', 'foreign-key', 'foreign-key'],
    );
    assert.notEqual(configuration, undefined);
  });

  it('is not confused by fields that every object has', () => {
    const { problems } = parseConfiguration({ 'acr-registry-info': '- __proto__: x\n  constructor: y' });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['foreign-field', 'foreign-field'],
    );
  });

  it('points to the documentation of each code', () => {
    const { problems } = parseConfiguration({ 'expiring-threshold': '15' });
    assert.equal(problems[0]?.docs, 'docs/configuration.md#duration-format');
    assert.ok(Object.keys(problemCatalog).every((code) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(code)));
  });

  it('refuses a value that is larger than a ConfigMap can be', () => {
    const at = (length: number): readonly string[] =>
      parseConfiguration({ 'notify-email': ' '.repeat(length) }).problems.map(describeProblem);
    assert.deepEqual(at(1_048_576), []);
    assert.deepEqual(at(1_048_577), [
      'error value-too-large: notify-email line 1 column 1: the value has 1048577 characters, and 1 MiB is the limit of a ConfigMap (a shorter value)',
    ]);
  });

  it('says that it failed, where reading the data throws, and takes nothing over', () => {
    const failing = (thrown: unknown): Record<string, string> =>
      Object.defineProperty({}, 'attach', {
        enumerable: true,
        get: () => {
          throw thrown;
        },
      });
    const said = (name: string): string =>
      `error internal-error: the configuration could not be read (${name}) (please report this with the ConfigMap, its secrets removed)`;
    for (const [thrown, name] of [
      [new TypeError('a secret'), 'TypeError'],
      ['a secret', 'unknown'],
    ] as const) {
      const { configuration, problems } = parseConfiguration(failing(thrown));
      assert.equal(configuration, undefined);
      assert.deepEqual(problems.map(describeProblem), [said(name)]);
    }
  });

  it('describes a problem in one line', () => {
    const [problem] = parseConfiguration({ 'acr-registry-info': '- instanceId: x' }).problems;
    assert.ok(problem);
    assert.equal(
      describeProblem(problem),
      'error instance-format: acr-registry-info[0] line 1 column 15: "x" is not the id of an instance (cri-… as the ACR console shows it, or "" for Personal Edition)',
    );
  });

  const domains: readonly (readonly [string, string | undefined])[] = [
    ['registry.example.com', undefined],
    ['registry.example.com:65535', undefined],
    ['10.0.0.1:5000', undefined],
    ['localhost', undefined],
    [`${'a'.repeat(63)}.example.com`, undefined],
    [`${'a'.repeat(64)}.example.com`, 'is not a host name'],
    [`${'a.'.repeat(127)}com`, 'is not a host name'],
    ['a'.repeat(300), 'at most 253 characters'],
    ['registry.example.com:65536', 'has no port from 1 to 65535'],
    ['registry.example.com:', 'has no port from 1 to 65535'],
    ['registry.example.com:05', 'has no port from 1 to 65535'],
    ['registry.example.com:x', 'has no port from 1 to 65535'],
    ['registry..example.com', 'is not a host name'],
    ['registry.example.com.', 'is not a host name'],
    ['.example.com', 'is not a host name'],
    ['a_b.example.com', 'is not a host name'],
    ['中文.example.com', 'is not a host name'],
    ['http://registry.example.com/team', 'has a scheme'],
    ['ftp://registry.example.com', 'has a scheme'],
    ['https://registry.example.com', 'was read as registry.example.com'],
    ['HTTP://Registry.example.com:5000/', 'was read as registry.example.com:5000'],
    ['registry.example.com/', 'was read as registry.example.com'],
    ['registry.example.com//', 'has a path'],
    ['https://registry', 'has no dot'],
    ['registry.example.com/team', 'has a path'],
    ['registry.example.com?x', 'has a path'],
    ['registry.example.com\\\\x', 'has a path'],
    ['user@registry.example.com', 'no user name'],
    ['*.example.com', 'has a wildcard'],
    ['registry', 'has no dot'],
  ];
  for (const [domain, reason] of domains) {
    it(`${reason === undefined ? 'takes' : `says “${reason}” about`} the domain ${domain.slice(0, 40)}`, () => {
      const { problems } = parseConfiguration({ 'acr-registry-info': `- domains: "${domain}"` });
      assert.equal(problems.length, reason === undefined ? 0 : 1);
      if (reason !== undefined) assert.ok(problems[0]?.message.includes(reason), problems[0]?.message);
    });
  }

  const regions: readonly (readonly [string, string | undefined])[] = [
    ['cn-hangzhou', undefined],
    ['cn-north-2-gov-1', undefined],
    ['cn-hangzhou-finance', undefined],
    ['xx-new-9', 'region-unknown'],
    ['cn', 'region-format'],
    ['CN-HANGZHOU', 'letter-case'],
    ['XX-NEW-9', 'region-format'],
    ['cn-hangzhou.evil.example', 'region-format'],
    ['cn-hangzhou/x', 'region-format'],
    ['cn-hangzhou@x', 'region-format'],
    ['cn--hangzhou', 'region-format'],
    ['cn-hangzhou-', 'region-format'],
  ];
  for (const [region, code] of regions) {
    it(`${code === undefined ? 'takes' : `says ${code} for`} the region ${region}`, () => {
      const { problems } = parseConfiguration({ 'acr-registry-info': `- regionId: "${region}"` });
      assert.deepEqual(
        problems.map((problem) => problem.code),
        code === undefined ? [] : [code],
      );
    });
  }

  const seconds: readonly (readonly [string, string | undefined])[] = [
    ['3600', undefined],
    ['43200', undefined],
    ['3599', 'duration-out-of-range'],
    ['43201', 'duration-out-of-range'],
    ['-3600', 'duration-out-of-range'],
    ['+3600', 'value-type'],
    ['03600', 'value-type'],
    ['"3600"', 'value-type'],
    ['1h', 'not-a-number'],
    ['0x1000', 'not-a-number'],
    ['1e4', 'not-a-number'],
    ['99999999999999999999', 'not-a-number'],
  ];
  for (const [text, code] of seconds) {
    it(`${code === undefined ? 'takes' : `says ${code} for`} expireDuration: ${text}`, () => {
      const { problems } = parseConfiguration({ 'acr-registry-info': `- expireDuration: ${text}` });
      assert.deepEqual(
        problems.map((problem) => problem.code),
        code === undefined ? [] : [code],
      );
    });
  }
});
