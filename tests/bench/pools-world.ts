import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import { createDemoWorld } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import type { CloudWorld } from '../../deploy/simulators/alibaba-cloud/world.ts';
import { configuration, registry } from '../fixtures/values.ts';

/** An account with a RAM user and some instances of its own: one pool. */
export type BenchAccount = {
  readonly id: string;
  readonly accessKey: { readonly id: string; readonly secret: string };
  readonly instanceIds: readonly string[];
};

export const benchRegion = 'cn-hangzhou';

export function benchAccounts(count: number, instancesPerAccount: number): readonly BenchAccount[] {
  return Array.from({ length: count }, (_account, index) => {
    const number = String(index).padStart(4, '0');
    return {
      id: `100000000000${number}`,
      accessKey: { id: `LTAI5tBenchAccount${number}`, secret: `bench-key-${number}-that-opens-nothing` },
      instanceIds: Array.from(
        { length: instancesPerAccount },
        (_instance, instance) => `cri-bench${number}${String(instance).padStart(3, '0')}`,
      ),
    };
  });
}

/** The simulated cloud with all of these accounts. */
export function benchWorld(accounts: readonly BenchAccount[], registryTokenSeconds: number): CloudWorld {
  return {
    ...createDemoWorld({ registryTokenSeconds }),
    accounts: accounts.map(({ id }) => ({ id, accessKeys: [] })),
    users: accounts.map(({ id, accessKey }) => ({
      accountId: id,
      name: 'puller',
      accessKeys: [{ ...accessKey, active: true }],
      allowedActions: ['cr:GetAuthorizationToken'],
    })),
    roles: [],
    instances: accounts.flatMap(({ id, instanceIds }) =>
      instanceIds.map((instanceId) => ({
        id: instanceId,
        name: instanceId,
        regionId: benchRegion,
        accountId: id,
        edition: 'enterprise' as const,
        status: 'RUNNING',
        endpoints: [],
      })),
    ),
    personalEditions: [],
    openIdProviders: [],
  };
}

/** A configuration with one source for every instance of these accounts; no domain has to be asked for. */
export function benchConfiguration(accounts: readonly BenchAccount[]): ConfigurationInForce {
  const registries = accounts.flatMap(({ accessKey, instanceIds }) =>
    instanceIds.map((instanceId) => ({ accessKey, instanceId })),
  );
  return {
    configuration: configuration({
      registries: registries.map(({ accessKey, instanceId }, index) =>
        registry({
          index,
          instanceId,
          regionId: benchRegion,
          domains: [`${instanceId}-registry.${benchRegion}.cr.aliyuncs.com`],
          identity: {
            kind: 'access-key',
            accessKeyId: accessKey.id,
            accessKeySecret: new SecretText(accessKey.secret),
          },
        }),
      ),
    }),
    version: `bench-${accounts.length}`,
    localRegion: benchRegion,
  };
}
