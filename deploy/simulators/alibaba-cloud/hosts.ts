import type { CloudWorld, Product } from './world.ts';

/** What a `Host` header stands for. */
export type CloudHost = {
  readonly host: string;
  readonly product: Product;
  readonly region: string;
  readonly network: 'internet' | 'vpc';
};

/** Answers with the product and region behind a `Host` header, or `undefined` when no such host exists in this world. */
export function findCloudHost(world: CloudWorld, hostHeader: string): CloudHost | undefined {
  const host = hostName(hostHeader);
  if (host === 'sts.aliyuncs.com') return { host, product: 'sts', region: globalRegion, network: 'internet' };
  const privateHost = world.privateHosts.find((candidate) => [host, hostHeader.toLowerCase()].includes(candidate.host));
  if (privateHost !== undefined) {
    return { host, product: privateHost.product, region: privateHost.region, network: 'internet' };
  }
  const [, product, vpc, region] = /^(cr|sts)(-vpc)?\.([a-z0-9-]+)\.aliyuncs\.com$/.exec(host) ?? [];
  if ((product !== 'cr' && product !== 'sts') || region === undefined) return undefined;
  const known = world.regions.some((candidate) => candidate.id === region && candidate.products.includes(product));
  return known ? { host, product, region, network: vpc === undefined ? 'internet' : 'vpc' } : undefined;
}

/** A VPC host answers only inside its own region (and where the world says so); elsewhere a connection finds nobody. */
export function isReachable(world: CloudWorld, host: CloudHost): boolean {
  const { regionId, reachableVpcRegions } = world.cluster;
  return host.network === 'internet' || host.region === regionId || reachableVpcRegions.includes(host.region);
}

/** The host without its port, lower-case. */
export function hostName(hostHeader: string): string {
  return hostHeader.toLowerCase().replace(/:\d+$/, '');
}

/** Whether a host name belongs to the real cloud's public names: a request for an unknown one of those went astray. */
export function looksLikeCloudHost(hostHeader: string): boolean {
  return /(^|\.)aliyuncs\.com$/.test(hostName(hostHeader));
}

/** `sts.aliyuncs.com` is served from here. */
const globalRegion = 'cn-hangzhou';
