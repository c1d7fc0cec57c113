import { apiHosts } from '../../../common/adapters/alibaba/hosts.ts';
import type { ProbedEndpoint } from '../../../common/adapters/alibaba/probe-endpoint.ts';
import type { Configuration } from '../../../common/domain/configuration/configuration.ts';
import type { AdmissionRegistry } from '../../../common/ports/admission.ts';
import type { RegionFinder } from '../../../common/ports/cloud.ts';
import type { ClusterReader } from '../../../common/ports/cluster-reader.ts';
import type { Settings } from '../../../common/runtime/settings.ts';
import type { ReadConfiguration } from '../read-configuration.ts';
import { count, type Mark } from '../screen/screen.ts';
import { describeRight, neededRights } from './rights.ts';

/** What came of a check. `none`: it does not apply here. A thrown `Failure` is as good as `bad` with its hint. */
export type Finding = { readonly mark: Mark; readonly says: string; readonly remedy?: string | undefined };

export type DoctorWorld = {
  readonly settings: Settings;
  readonly baseUrl: string;
  readonly reader: ClusterReader;
  readonly admission: Pick<AdmissionRegistry, 'capabilities'>;
  /** The same answer for every check that needs it. */
  readonly configuration: () => Promise<ReadConfiguration>;
  readonly regions: RegionFinder;
  /** Asks an address of the cloud for anything; the same answer for every check that needs it. */
  readonly probe: (address: URL) => Promise<ProbedEndpoint>;
  /** Version and policy of the Redis; rejects with why it cannot be used. */
  readonly askRedis: (url: string) => Promise<string>;
  readonly readSealKeys: (file: string) => Promise<number>;
  readonly signal: AbortSignal;
};

export type Check = {
  readonly id: string;
  readonly run: (world: DoctorWorld) => Promise<Finding | readonly Finding[]>;
};

/** EVERY check, in the order in which it is shown. They run at the same time. */
export const checkTable: readonly Check[] = [
  { id: 'API server', run: checkApiServer },
  { id: 'rights', run: checkRights },
  { id: 'watch', run: checkWatch },
  { id: 'configuration', run: checkConfiguration },
  { id: 'region', run: checkRegion },
  { id: 'endpoint', run: checkEndpoints },
  { id: 'clock', run: checkClock },
  { id: 'Redis', run: checkRedis },
  { id: 'seal key', run: checkSealKey },
  { id: 'admission', run: checkAdmission },
];

async function checkApiServer({ baseUrl, reader }: DoctorWorld): Promise<Finding> {
  const startedAt = performance.now();
  await reader.isAllowed({ verb: 'list', group: '', resource: 'namespaces' });
  return { mark: 'good', says: `${baseUrl} answers in ${Math.ceil(performance.now() - startedAt)} ms` };
}

async function checkRights(world: DoctorWorld): Promise<Finding> {
  const rights = neededRights(world.settings, await validConfiguration(world).catch(() => undefined));
  const allowed = await Promise.all(rights.map((right) => world.reader.isAllowed(right)));
  const missing = rights.filter((_right, at) => allowed[at] !== true);
  return missing.length === 0
    ? { mark: 'good', says: `all ${rights.length} that ${count(world.settings.roles.length, 'role')} need` }
    : {
        mark: 'bad',
        says: `${missing.length} of ${rights.length} are missing: ${missing.map(describeRight).join(', ')}`,
        remedy: 'grant them: compare the ClusterRole and the Role with those of the chart in deploy/helm',
      };
}

async function checkWatch({ reader, settings: { configMap } }: DoctorWorld): Promise<Finding> {
  await reader.probeWatch(configMap.namespace, configMap.name);
  return { mark: 'good', says: 'a watch begins, so no proxy in between holds it up' };
}

async function checkConfiguration(world: DoctorWorld): Promise<Finding> {
  const name = `${world.settings.configMap.namespace}/${world.settings.configMap.name}`;
  const read = await world.configuration();
  switch (read.kind) {
    case 'missing':
      return { mark: 'bad', says: `there is no ConfigMap ${name}`, remedy: 'create it: see docs/configuration.md' };
    case 'invalid':
      return {
        mark: 'bad',
        says: `ConfigMap ${name} has ${count(read.problems.length, 'error')}: ${read.problems[0] ?? ''}`,
        remedy: `kubectl -n ${world.settings.configMap.namespace} get configmap ${world.settings.configMap.name} -o yaml | acr-credential-helper check -`,
      };
    case 'valid': {
      const { registries, mirrors } = read.configuration;
      const [warning] = read.warnings;
      return warning === undefined
        ? {
            mark: 'good',
            says: `ConfigMap ${name} is valid: ${registries.length + mirrors.length} in acr-registry-info`,
          }
        : { mark: 'warning', says: `ConfigMap ${name} is valid, with a warning: ${warning}` };
    }
  }
}

async function checkRegion(world: DoctorWorld): Promise<Finding> {
  const { region } = world.settings;
  if (region !== undefined) return { mark: 'good', says: `${region}, by --region` };
  try {
    const found = await world.regions.findRegion(world.signal);
    return { mark: 'good', says: `${found}, by the metadata service` };
  } catch (error) {
    const configuration = await validConfiguration(world).catch(() => undefined);
    if (configuration === undefined)
      return { mark: 'warning', says: 'the metadata service does not answer; --region can name the region instead' };
    if (configuration.registries.some(({ regionId }) => regionId === undefined)) throw error;
    return {
      mark: 'warning',
      says: 'the metadata service does not answer; every entry names its region and needs none',
    };
  }
}

async function checkEndpoints(world: DoctorWorld): Promise<readonly Finding[]> {
  return Promise.all(
    (await addressesOf(world)).map(async ({ address, isNeeded }): Promise<Finding> => {
      try {
        const { milliseconds } = await world.probe(address);
        return { mark: 'good', says: `${address.host} answers in ${milliseconds} ms` };
      } catch (error) {
        if (isNeeded) throw error;
        return { mark: 'warning', says: `${address.host} does not answer; another host of its region is used instead` };
      }
    }),
  );
}

/** Beyond this, Alibaba Cloud refuses signatures; the helper corrects for it once it has seen an answer. */
const skewMaxSeconds = 60;

async function checkClock(world: DoctorWorld): Promise<Finding> {
  const addresses = await addressesOf(world);
  const probed = await Promise.allSettled(addresses.map(({ address }) => world.probe(address)));
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

async function checkRedis({ settings: { redisUrl }, askRedis }: DoctorWorld): Promise<Finding> {
  if (redisUrl === undefined) return { mark: 'none', says: 'none: one process does everything in memory' };
  return { mark: 'good', says: await askRedis(redisUrl) };
}

async function checkSealKey({ settings: { redisUrl, sealKeyFile }, readSealKeys }: DoctorWorld): Promise<Finding> {
  if (sealKeyFile !== undefined)
    return { mark: 'good', says: `${sealKeyFile} holds ${count(await readSealKeys(sealKeyFile), 'key')}` };
  return redisUrl === undefined
    ? { mark: 'none', says: 'not needed without Redis' }
    : {
        mark: 'warning',
        says: 'none: values in Redis are sealed with a key made from its password',
        remedy: 'give every process the same --seal-key-file, made by: openssl rand -base64 32',
      };
}

async function checkAdmission(world: DoctorWorld): Promise<Finding> {
  const { kinds } = await world.admission.capabilities();
  const configuration = await validConfiguration(world).catch(() => undefined);
  const hasPolicy = kinds.has('MutatingAdmissionPolicy') && kinds.has('MutatingAdmissionPolicyBinding');
  const mode = hasPolicy
    ? 'a policy inside the API server (MutatingAdmissionPolicy)'
    : 'the webhook, since the API server has no MutatingAdmissionPolicy';
  return configuration?.admission.enabled === true
    ? { mark: 'good', says: `by ${mode}` }
    : { mark: 'none', says: `off; webhook-configuration would switch it on, by ${mode}` };
}

/** Rejects when there is none: whoever needs it says so by `configuration`. */
async function validConfiguration({ configuration }: DoctorWorld): Promise<Configuration | undefined> {
  const read = await configuration();
  return read.kind === 'valid' ? read.configuration : undefined;
}

type Address = { readonly address: URL; readonly isNeeded: boolean };

/** Each address once that the configuration leads to; of the hosts of one region the last must answer. */
async function addressesOf(world: DoctorWorld): Promise<readonly Address[]> {
  const { openApiEndpoint, allowedHosts } = world.settings;
  if (openApiEndpoint !== undefined) return [{ address: openApiEndpoint, isNeeded: true }];
  const configuration = await validConfiguration(world).catch(() => undefined);
  const localRegion = await world.regions.findRegion(world.signal).catch(() => undefined);
  const regions = new Set((configuration?.registries ?? []).flatMap(({ regionId }) => regionId ?? localRegion ?? []));
  const addresses = new Map<string, Address>();
  for (const regionId of [...regions].slice(0, regionsMax)) {
    const hosts = apiHosts({ product: 'cr', regionId, localRegion, allowedHosts });
    for (const [at, host] of hosts.entries())
      addresses.set(host, { address: new URL(`https://${host}/`), isNeeded: at === hosts.length - 1 });
  }
  return [...addresses.values()];
}

const regionsMax = 32;
