import type { JsonWebKey } from 'node:crypto';

/** Everything that exists in the simulated cloud: plain data, so that a test can say its world in one value. */
export type CloudWorld = {
  readonly regions: readonly Region[];
  /** Hosts of a private cloud that play a product of a region. */
  readonly privateHosts: readonly PrivateHost[];
  /** Where the client runs: decides what the metadata service says and which VPC hosts can be reached. */
  readonly cluster: Cluster;
  readonly accounts: readonly Account[];
  readonly users: readonly RamUser[];
  readonly roles: readonly RamRole[];
  readonly instances: readonly RegistryInstance[];
  readonly personalEditions: readonly PersonalEdition[];
  readonly openIdProviders: readonly OpenIdProvider[];
  /** Life of a registry token unless the call asks for another; an STS session's rest of life caps it. */
  readonly registryTokenSeconds: number;
};

export type Product = 'cr' | 'sts';

export type Region = { readonly id: string; readonly products: readonly Product[] };

export type PrivateHost = { readonly host: string; readonly product: Product; readonly region: string };

export type Cluster = {
  readonly regionId: string;
  readonly zoneId: string;
  readonly vpcId: string;
  readonly instanceId: string;
  readonly accountId: string;
  /** Regions whose VPC hosts answer from here, besides the cluster's own. */
  readonly reachableVpcRegions: readonly string[];
  readonly metadata: MetadataService;
};

/** `absent`: a machine that is no ECS instance; everything is 404. */
export type MetadataMode = 'v1-and-v2' | 'v2-only' | 'v1-only' | 'absent';

export type MetadataService = {
  readonly mode: MetadataMode;
  /** The role of the ECS instance (name only); `undefined` when none is attached. */
  readonly roleName?: string | undefined;
  readonly sessionSeconds: number;
};

export type Account = {
  readonly id: string;
  /** Keys of the account itself ("root"): allowed everything but to assume a role. */
  readonly accessKeys: readonly AccessKey[];
};

export type AccessKey = { readonly id: string; readonly secret: string; readonly active: boolean };

export type RamUser = {
  readonly accountId: string;
  readonly name: string;
  readonly accessKeys: readonly AccessKey[];
  /** RAM actions, with `*` as a glob: `cr:GetAuthorizationToken`, `cr:*`, `sts:AssumeRole`. */
  readonly allowedActions: readonly string[];
};

export type RamRole = {
  /** `acs:ram::<account>:role/<name>`. */
  readonly arn: string;
  readonly trust: readonly Trust[];
  /** 3600–43200. */
  readonly maxSessionSeconds: number;
  readonly allowedActions: readonly string[];
};

/** Who may take on a role. */
export type Trust =
  /** Every user and role of that account that is allowed `sts:AssumeRole`. */
  | { readonly kind: 'account'; readonly accountId: string; readonly externalId?: string | undefined }
  | { readonly kind: 'user'; readonly arn: string }
  | { readonly kind: 'role'; readonly arn: string; readonly externalId?: string | undefined }
  /** An Alibaba Cloud service: `ecs.aliyuncs.com` for the worker role, `cs.aliyuncs.com` for the managed role. */
  | { readonly kind: 'service'; readonly name: string }
  | {
      readonly kind: 'open-id';
      readonly providerArn: string;
      readonly issuer: string;
      readonly audience: string;
      /** `system:serviceaccount:<namespace>:<name>`. */
      readonly subject: string;
    };

export type RegistryInstance = {
  /** `cri-…`. */
  readonly id: string;
  readonly name: string;
  readonly regionId: string;
  readonly accountId: string;
  readonly edition: 'enterprise' | 'economy';
  /** `RUNNING`; anything else refuses tokens with `INSTANCE_STATUS_NOT_SUPPORT`. */
  readonly status: string;
  readonly endpoints: readonly RegistryEndpoint[];
};

export type RegistryEndpoint = {
  readonly type: 'internet' | 'vpc';
  readonly enabled: boolean;
  readonly status: string;
  readonly domains: readonly RegistryDomain[];
  readonly linkedVpcIds: readonly string[];
};

export type RegistryDomain = { readonly domain: string; readonly type: 'SYSTEM' | 'USER' };

/** Personal Edition of one account in one region, and who of that account has registered there. */
export type PersonalEdition = {
  readonly accountId: string;
  readonly regionId: string;
  /** ARNs of the registered users and roles; `*` for everybody of the account. */
  readonly registered: readonly string[];
  /** Hosts besides the five default ones at which a registry token of this edition is good. */
  readonly additionalDomains: readonly string[];
};

export type OpenIdProvider = {
  /** `acs:ram::<account>:oidc-provider/ack-rrsa-<cluster>`. */
  readonly arn: string;
  readonly issuer: string;
  /** Audiences ("client ids") that the provider accepts. */
  readonly audiences: readonly string[];
  /** Public keys of the issuer; each with its `kid`. */
  readonly keys: readonly JsonWebKey[];
};

/** A world that can be replaced while the simulator runs: a key made inactive, a domain added. */
export type WorldHolder = {
  readonly current: CloudWorld;
  update(change: (world: CloudWorld) => CloudWorld): void;
};

/** Holds `world` until it is updated. */
export function holdWorld(world: CloudWorld): WorldHolder {
  let current = world;
  return {
    get current() {
      return current;
    },
    update: (change) => {
      current = change(current);
    },
  };
}

/** The role with that ARN. RAM compares role names without regard to case. */
export function findRole(world: CloudWorld, arn: string): RamRole | undefined {
  return world.roles.find((role) => role.arn.toLowerCase() === arn.toLowerCase());
}

/** `acs:ram::1234:role/name` → `1234`; empty when it is no such ARN. */
export function accountOfArn(arn: string): string {
  return /^acs:ram::(\d+):/.exec(arn)?.[1] ?? '';
}

/** `acs:ram::1234:role/name` → `name`; empty when it is no such ARN. */
export function nameInArn(arn: string): string {
  return /^acs:ram::\d+:[a-z-]+\/(.+)$/.exec(arn)?.[1] ?? '';
}
