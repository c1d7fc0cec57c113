import type { Configuration, ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import type { FetchOutcome } from '../../common/ports/stores.ts';

/** A configuration with every kind of identity and every optional field. */
export function exampleConfiguration(version: string, accessKeySecret = 'secret-of-the-key'): ConfigurationInForce {
  const names = { include: ['*'], exclude: ['kube-*'] };
  const accessKey = {
    kind: 'access-key',
    accessKeyId: 'LTAI5t',
    accessKeySecret: new SecretText(accessKeySecret),
  } as const;
  const rrsa = { kind: 'rrsa', roleArn: 'acs:ram::1:role/a', oidcProviderArn: 'acs:ram::1:oidc-provider/b' } as const;
  const registries = [
    accessKey,
    { kind: 'access-key-secret', secretName: 'keys' } as const,
    { kind: 'cluster-role' } as const,
    rrsa,
    { kind: 'assumed-role', roleArn: 'acs:ram::2:role/c', sessionSeconds: 3_600, base: accessKey } as const,
  ].map((identity, index) => ({ index, edition: 'enterprise', instanceId: `cri-${String(index)}`, identity }) as const);
  const configuration: Configuration = {
    namespaces: names,
    namespaceSelector: [{ key: 'team', operator: 'in', values: ['a'] }],
    accounts: names,
    accountSelector: [{ key: 'off', operator: 'does-not-exist' }],
    registries: [
      ...registries,
      {
        index: 5,
        edition: 'personal',
        instanceId: '',
        regionId: 'cn-x',
        domains: ['d'],
        identity: rrsa,
        namespaces: names,
      },
    ],
    mirrors: [{ index: 6, secretName: 'mirror', namespaces: names }],
    expiringThresholdSeconds: 900,
    notifyEmail: 'a@example.com',
    secretNaming: 'aggregated',
    attach: true,
    takeOver: false,
    repairPods: true,
    admission: { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 5, pods: false },
  };
  return { configuration, version, localRegion: 'cn-hangzhou' };
}

export function exampleOutcome(sourceId: string, password = `password-of-${sourceId}`): FetchOutcome {
  return {
    sourceId,
    credential: {
      sourceId,
      username: 'cr_temp_user',
      password: new SecretText(password),
      discoveredDomains: ['x-registry.cn-hangzhou.cr.aliyuncs.com'],
      issuedAt: 1_000,
      expiresAt: 2_000,
    },
    failure: { code: 'cloud-throttled', message: 'm', hint: 'h', at: 1_500, attempts: 2, nextAttemptAt: 1_700 },
  };
}
