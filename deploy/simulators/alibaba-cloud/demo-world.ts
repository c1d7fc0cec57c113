import type { JsonWebKey } from 'node:crypto';

import type { CloudWorld, Product, RamRole, Region, RegistryEndpoint, RegistryInstance } from './world.ts';

/** Names in the demo's world, for whoever writes a configuration for it. None of the secrets opens anything real. */
export const demoNames = {
  regionId: 'cn-hangzhou',
  otherRegionId: 'cn-shanghai',
  accountId: '1234567890123456',
  partnerAccountId: '6543210987654321',
  /** Enterprise Edition in the cluster's region. */
  instanceId: 'cri-demo00000001',
  instanceName: 'demo',
  /** Enterprise Edition in another region, same account. */
  otherRegionInstanceId: 'cri-demo00000002',
  /** Enterprise Edition of another account, in the cluster's region. */
  partnerInstanceId: 'cri-partner00001',
  /** May pull from every registry of the account. */
  pullerKey: { id: 'LTAI5tDemoPuller00000001', secret: 'demo-puller-key-that-opens-nothing' },
  /** May also push: for putting images into a registry. */
  pusherKey: { id: 'LTAI5tDemoPusher00000001', secret: 'demo-pusher-key-that-opens-nothing' },
  /** A valid key without any right. */
  deniedKey: { id: 'LTAI5tDemoDenied00000001', secret: 'demo-denied-key-that-opens-nothing' },
  /** A key that was switched off. */
  inactiveKey: { id: 'LTAI5tDemoInactive000001', secret: 'demo-inactive-key-that-opens-nothing' },
  workerRoleName: 'KubernetesWorkerRole-demo',
  workerRoleArn: 'acs:ram::1234567890123456:role/kubernetesworkerrole-demo',
  managedRoleArn: 'acs:ram::1234567890123456:role/aliyuncsmanagedacrrole',
  rrsaRoleArn: 'acs:ram::1234567890123456:role/demo-rrsa',
  partnerRoleArn: 'acs:ram::6543210987654321:role/acr-puller',
  oidcProviderArn: 'acs:ram::1234567890123456:oidc-provider/ack-rrsa-demo',
  oidcIssuer: 'https://oidc-ack-cn-hangzhou.oss-cn-hangzhou.aliyuncs.com/demo',
  oidcAudience: 'sts.aliyuncs.com',
  /** The ServiceAccount that the original component's trust policies name. */
  oidcSubject: 'system:serviceaccount:kube-system:aliyun-acr-credential-helper',
} as const;

export type DemoWorldOptions = {
  /** Default 3600; a demo that wants to show a renewal takes 20 to 60. */
  readonly registryTokenSeconds?: number | undefined;
  /** Public keys of the cluster's ServiceAccount issuer; without them RRSA is refused. */
  readonly openIdKeys?: readonly JsonWebKey[] | undefined;
  /** Hosts at which the instance of the cluster's region can be reached besides its own, e.g. `127.0.0.1:5000`. */
  readonly instanceUserDomains?: readonly string[] | undefined;
};

/** A cluster's account with registries in two regions, a partner's account, and one identity of every kind. */
export function createDemoWorld(options: DemoWorldOptions = {}): CloudWorld {
  const { accountId, partnerAccountId, regionId, otherRegionId } = demoNames;
  const instance = { name: demoNames.instanceName, accountId, edition: 'enterprise', status: 'RUNNING' } as const;
  return {
    regions: demoRegions,
    privateHosts: [],
    cluster: {
      regionId,
      zoneId: `${regionId}-h`,
      vpcId: 'vpc-demo',
      instanceId: 'i-demo0000000000001',
      accountId,
      reachableVpcRegions: [],
      metadata: { mode: 'v1-and-v2', roleName: demoNames.workerRoleName, sessionSeconds: 21_600 },
    },
    accounts: [
      { id: accountId, accessKeys: [] },
      { id: partnerAccountId, accessKeys: [] },
    ],
    users: demoUsers(),
    roles: demoRoles(),
    instances: [
      {
        ...instance,
        id: demoNames.instanceId,
        regionId,
        endpoints: endpoints('demo', regionId, options.instanceUserDomains),
      },
      {
        ...instance,
        id: demoNames.otherRegionInstanceId,
        regionId: otherRegionId,
        endpoints: endpoints('demo', otherRegionId),
      },
      {
        ...instance,
        id: demoNames.partnerInstanceId,
        name: 'partner',
        accountId: partnerAccountId,
        regionId,
        endpoints: endpoints('partner', regionId),
      },
    ] satisfies readonly RegistryInstance[],
    personalEditions: [{ accountId, regionId, registered: ['*'], additionalDomains: [] }],
    openIdProviders: [
      {
        arn: demoNames.oidcProviderArn,
        issuer: demoNames.oidcIssuer,
        audiences: [demoNames.oidcAudience],
        keys: options.openIdKeys ?? [],
      },
    ],
    registryTokenSeconds: options.registryTokenSeconds ?? 3600,
  };
}

const bothProducts: readonly Product[] = ['cr', 'sts'];

/** Some of the ~35 regions; the finance region has no STS host of its own. Source: products.json of aliyun-openapi-meta. */
const demoRegions: readonly Region[] = [
  ...['cn-hangzhou', 'cn-shanghai', 'cn-beijing', 'cn-shenzhen', 'cn-hongkong', 'ap-southeast-1'].map((id) => ({
    id,
    products: bothProducts,
  })),
  { id: 'cn-hangzhou-finance', products: ['cr'] },
  { id: 'cn-north-2-gov-1', products: bothProducts },
];

const pullActions = ['cr:GetAuthorizationToken', 'cr:ListInstanceEndpoint', 'cr:PullRepository'];

function demoUsers(): CloudWorld['users'] {
  const { accountId, pullerKey, pusherKey, deniedKey, inactiveKey } = demoNames;
  const active = true;
  return [
    {
      accountId,
      name: 'puller',
      accessKeys: [{ ...pullerKey, active }],
      allowedActions: [...pullActions, 'sts:AssumeRole'],
    },
    { accountId, name: 'pusher', accessKeys: [{ ...pusherKey, active }], allowedActions: ['cr:*'] },
    { accountId, name: 'denied', accessKeys: [{ ...deniedKey, active }], allowedActions: [] },
    { accountId, name: 'former', accessKeys: [{ ...inactiveKey, active: false }], allowedActions: pullActions },
  ];
}

function demoRoles(): readonly RamRole[] {
  const { workerRoleArn, managedRoleArn, rrsaRoleArn, partnerRoleArn, accountId } = demoNames;
  const common = { maxSessionSeconds: 43_200, allowedActions: [...pullActions, 'sts:AssumeRole'] };
  return [
    { ...common, arn: workerRoleArn, trust: [{ kind: 'service', name: 'ecs.aliyuncs.com' }] },
    { ...common, arn: managedRoleArn, trust: [{ kind: 'service', name: 'cs.aliyuncs.com' }] },
    {
      ...common,
      arn: rrsaRoleArn,
      maxSessionSeconds: 3600,
      trust: [
        {
          kind: 'open-id',
          providerArn: demoNames.oidcProviderArn,
          issuer: demoNames.oidcIssuer,
          audience: demoNames.oidcAudience,
          subject: demoNames.oidcSubject,
        },
      ],
    },
    { ...common, arn: partnerRoleArn, allowedActions: pullActions, trust: [{ kind: 'account', accountId }] },
  ];
}

function endpoints(name: string, regionId: string, userDomains: readonly string[] = []): readonly RegistryEndpoint[] {
  return [
    {
      type: 'internet',
      enabled: true,
      status: 'RUNNING',
      domains: [
        { domain: `${name}-registry.${regionId}.cr.aliyuncs.com`, type: 'SYSTEM' },
        ...userDomains.map((domain) => ({ domain, type: 'USER' }) as const),
      ],
      linkedVpcIds: [],
    },
    {
      type: 'vpc',
      enabled: true,
      status: 'RUNNING',
      domains: [{ domain: `${name}-registry-vpc.${regionId}.cr.aliyuncs.com`, type: 'SYSTEM' }],
      linkedVpcIds: ['vpc-demo'],
    },
  ];
}
