import { isRegionId } from '../../domain/configuration/values/regions.ts';
import { Failure } from '../../domain/failure.ts';

/** The two products that are called: the container registry, and the service that gives out sessions. */
export type CloudProduct = 'cr' | 'sts';

export type HostChoice = {
  readonly product: CloudProduct;
  /** Region that is called. Absent for STS while the cluster's region is unknown. */
  readonly regionId?: string | undefined;
  /** The cluster's own region: only there the VPC host can be reached. */
  readonly localRegion?: string | undefined;
  readonly allowedHosts: readonly string[];
};

/**
 * The hosts that a call may go to, best first; never empty.
 *
 * - The cluster's own region: the VPC host, which needs no internet, then the public one.
 * - Another region: the public host.
 * - STS: last of all the global host, which serves every region.
 * - Finance and government regions: STS of `cn-hangzhou-finance` is that of `cn-hangzhou`; their registry may have a VPC host
 *   only, so that it is tried last from elsewhere.
 * - Private clouds: hosts of the form `cr.<region>.…`, `cr-vpc.<region>.…` or `sts.<region>.…` that the operator allowed
 *   replace Alibaba Cloud's own.
 *
 * Sources: `products.json` of Alibaba's OpenAPI metadata, endpoint lists of the official SDKs. Throws `Failure`.
 */
export function apiHosts(choice: HostChoice): readonly string[] {
  const { product, localRegion, allowedHosts } = choice;
  if (choice.regionId === undefined) return [globalStsHost];
  const regionId = checkRegion(choice.regionId);
  const isLocal = regionId === localRegion;
  const privateHosts = hostsOfPrivateCloud(product, regionId, isLocal, allowedHosts);
  if (privateHosts.length > 0) return privateHosts;
  if (product === 'sts') {
    const region = regionId === 'cn-hangzhou-finance' ? 'cn-hangzhou' : regionId;
    const regional = isLocal ? [`sts-vpc.${region}${ownDomain}`] : [];
    return [...regional, `sts.${region}${ownDomain}`, globalStsHost];
  }
  const vpc = `cr-vpc.${regionId}${ownDomain}`;
  const internet = `cr.${regionId}${ownDomain}`;
  if (isLocal) return [vpc, internet];
  return isIsolated(regionId) ? [internet, vpc] : [internet];
}

/**
 * Refuses every host but Alibaba Cloud's API hosts and those that the operator allowed: a signed request or a token must never go
 * elsewhere, whatever the configuration says. Answers with the host. Throws `Failure` `destination-refused`.
 */
export function checkDestination(host: string, allowedHosts: readonly string[]): string {
  if (
    host.length <= longestHost &&
    (ownHost.test(host) || allowedHosts.some((allowed) => allowed.toLowerCase() === host))
  ) {
    return host;
  }
  throw new Failure('destination-refused', `${quote(host)} is not an API host of Alibaba Cloud: nothing is sent there`);
}

/** A region id as Alibaba Cloud writes them, 40 characters at most. Throws `Failure` `destination-refused`. */
export function checkRegion(regionId: string): string {
  if (isRegionId(regionId)) return regionId;
  throw new Failure('destination-refused', `regionId ${quote(regionId)} is not a region of Alibaba Cloud`, {
    hint: 'write a region id like cn-hangzhou into regionId, or leave it out for the cluster’s own region',
  });
}

/** A registry host that the cloud named: a name or address, with a port perhaps, and nothing else. */
export function isRegistryHost(host: string): boolean {
  return host.length <= longestHost && registryHostPattern.test(host);
}

const globalStsHost = 'sts.aliyuncs.com';
const ownDomain = '.aliyuncs.com';
const longestHost = 253;

// `$` also matches before a final newline in some dialects; in JavaScript without the m flag it does not.
const ownHost = /^(?:sts|(?:cr|sts)(?:-vpc)?\.[a-z]{2,4}(?:-[a-z0-9]+){1,5})\.aliyuncs\.com$/;
const registryHostPattern = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i;

function hostsOfPrivateCloud(
  product: CloudProduct,
  regionId: string,
  isLocal: boolean,
  allowedHosts: readonly string[],
): readonly string[] {
  const hosts = allowedHosts.map((host) => host.toLowerCase());
  const vpc = hosts.filter((host) => host.startsWith(`${product}-vpc.${regionId}.`));
  const internet = hosts.filter((host) => host.startsWith(`${product}.${regionId}.`));
  return isLocal ? [...vpc, ...internet] : internet;
}

/** Finance and government clouds are cut off from the public one. */
function isIsolated(regionId: string): boolean {
  return /-(?:finance|gov)(?:-|$)/.test(regionId);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
