import { apiHosts, type CloudProduct } from '../../../common/adapters/alibaba/hosts.ts';
import type { Configuration } from '../../../common/domain/configuration/configuration.ts';
import type { Identity } from '../../../common/domain/credentials/identity.ts';
import { toFailure } from '../../../common/domain/failure.ts';
import type { DoctorWorld, Finding } from './doctor-world.ts';

export type EndpointWorld = Pick<DoctorWorld, 'settings' | 'configuration' | 'regions' | 'probe' | 'signal'>;

/** One finding for each address that the configuration leads to. Of the hosts of one service and region one that answers is enough. */
export async function checkEndpoints(world: EndpointWorld): Promise<readonly Finding[]> {
  const found = await Promise.all((await addressesOf(world)).map((addresses) => checkService(addresses, world)));
  return found.flat();
}

async function checkService(addresses: readonly URL[], { probe }: EndpointWorld): Promise<readonly Finding[]> {
  const probed = await Promise.all(
    addresses.map(async (address) => {
      try {
        return { address, ...(await probe(address)) };
      } catch (error) {
        return { address, failure: toFailure(error) };
      }
    }),
  );
  const isReached = probed.some((each) => !('failure' in each));
  return probed.map((each, at): Finding => {
    const { host } = each.address;
    if (!('failure' in each)) return { mark: 'good', says: `${host} answers in ${each.milliseconds} ms` };
    if (isReached)
      return { mark: 'warning', says: `${host} does not answer; another host of its region is used instead` };
    return at < probed.length - 1
      ? { mark: 'warning', says: `${host} does not answer` }
      : { mark: 'bad', says: each.failure.message, remedy: each.failure.hint };
  });
}

/** Beyond this, Alibaba Cloud refuses signatures; the helper corrects for it once it has seen an answer. */
const skewMaxSeconds = 60;

export async function checkClock(world: EndpointWorld): Promise<Finding> {
  const addresses = (await addressesOf(world)).flat();
  const probed = await Promise.allSettled(addresses.map((address) => world.probe(address)));
  const skews = probed.flatMap((each) => (each.status === 'fulfilled' ? (each.value.skewMilliseconds ?? []) : []));
  const [first] = skews;
  if (first === undefined) return { mark: 'none', says: 'not compared: no endpoint told its time' };
  const seconds = Math.round(Math.abs(first) / 1000);
  return seconds <= skewMaxSeconds
    ? { mark: 'good', says: `${seconds} s from the cloud’s` }
    : {
        mark: 'warning',
        says: `${seconds} s ${first > 0 ? 'behind' : 'ahead of'} the cloud’s; the helper corrects for it`,
        remedy: 'set the clock of this machine: check NTP',
      };
}

/** Each address once, together with the others of its service and region. */
async function addressesOf({
  settings,
  configuration: ask,
  regions: finder,
  signal,
}: EndpointWorld): Promise<readonly (readonly URL[])[]> {
  const { openApiEndpoint, allowedHosts } = settings;
  if (openApiEndpoint !== undefined) return [[openApiEndpoint]];
  const read = await ask().catch(() => undefined);
  const configuration = read?.kind === 'valid' ? read.configuration : undefined;
  const localRegion = await finder.findRegion(signal).catch(() => undefined);
  const services = new Map<string, readonly URL[]>();
  for (const [product, regionId] of servicesOf(configuration, localRegion).slice(0, servicesMax)) {
    const hosts = apiHosts({ product, regionId, localRegion, allowedHosts });
    services.set(
      hosts.join(),
      hosts.map((host) => new URL(`https://${host}/`)),
    );
  }
  return [...services.values()];
}

type Service = readonly [product: CloudProduct, regionId: string | undefined];

function servicesOf(configuration: Configuration | undefined, localRegion: string | undefined): readonly Service[] {
  const registries = configuration?.registries ?? [];
  const regions = new Set(registries.flatMap(({ regionId }) => regionId ?? localRegion ?? []));
  const needsSessions = registries.some(({ identity }) => takesRole(identity));
  return [
    ...[...regions].map((regionId): Service => ['cr', regionId]),
    ...(needsSessions ? [['sts', localRegion] satisfies Service] : []),
  ];
}

/** Whether STS is asked before the registry is. */
function takesRole({ kind }: Identity): boolean {
  return kind === 'rrsa' || kind === 'assumed-role';
}

const servicesMax = 32;
