import type { Configuration } from '../../../common/domain/configuration/configuration.ts';
import type { Identity } from '../../../common/domain/credentials/identity.ts';
import { count } from '../screen/screen.ts';
import { checkClock, checkEndpoints } from './check-endpoints.ts';
import type { DoctorWorld, Finding } from './doctor-world.ts';
import { describeRight, neededRights } from './rights.ts';
import { judgeSecretNames, moreSecretNames, rightsToSecret } from './secret-names.ts';

export type Check = {
  readonly id: string;
  readonly run: (world: DoctorWorld) => Promise<Finding | readonly Finding[]>;
};

/** EVERY check, in the order in which it is shown. They run at the same time. */
export const checkTable: readonly Check[] = [
  { id: 'API server', run: checkApiServer },
  { id: 'rights', run: checkRights },
  { id: 'Secret names', run: checkSecretNames },
  { id: 'watch', run: checkWatch },
  { id: 'configuration', run: checkConfiguration },
  { id: 'region', run: checkRegion },
  { id: 'identity', run: checkIdentity },
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

/** Rights go by name: what the configuration makes of its domains is granted to nobody by itself. */
async function checkSecretNames(world: DoctorWorld): Promise<Finding> {
  const configuration = await validConfiguration(world).catch(() => undefined);
  if (configuration === undefined) return { mark: 'none', says: 'not looked at: see configuration' };
  const more = moreSecretNames(configuration, world.settings, await world.storedNames());
  const allowed = await Promise.all(
    more.names.slice(0, namesMax).map(async (name) => {
      const answers = await Promise.all(
        rightsToSecret(name, world.settings.roles).map((right) => world.reader.isAllowed(right)),
      );
      return { name, all: answers.every(Boolean) };
    }),
  );
  return judgeSecretNames(
    more,
    allowed.filter(({ all }) => !all).map(({ name }) => name),
  );
}

/** Of each six questions are asked. */
const namesMax = 50;

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

/** Whether the cluster’s own role, where the configuration needs it, can be had here. */
async function checkIdentity(world: DoctorWorld): Promise<Finding> {
  const configuration = await validConfiguration(world).catch(() => undefined);
  if (configuration === undefined) return { mark: 'none', says: 'not looked at: see configuration' };
  const needsRole = configuration.registries.some(({ identity }) => baseOf(identity).kind === 'cluster-role');
  if (!needsRole) return { mark: 'none', says: 'no entry needs the cluster’s own role' };
  if (!world.settings.roles.includes('fetcher')) return { mark: 'none', says: 'only the role fetcher needs one' };
  await world.openClusterRole(world.signal);
  return { mark: 'good', says: 'the cluster’s role gives a session' };
}

function baseOf(identity: Identity): Identity {
  return identity.kind === 'assumed-role' ? baseOf(identity.base) : identity;
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
