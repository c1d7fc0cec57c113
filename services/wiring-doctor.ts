import { readFile } from 'node:fs/promises';
import { provideClusterRole } from '../common/adapters/alibaba/identities/cluster-role.ts';
import { managedRoleTokenFile } from '../common/adapters/alibaba/identities/managed-role.ts';
import { registeredClusterSecret } from '../common/adapters/alibaba/identities/registered-cluster.ts';
import { provideWorkerRole } from '../common/adapters/alibaba/identities/worker-role.ts';
import { createMetadataService } from '../common/adapters/alibaba/metadata-service.ts';
import { probeEndpoint, type ProbedEndpoint } from '../common/adapters/alibaba/probe-endpoint.ts';
import { createRegionFinder } from '../common/adapters/alibaba/region-finder.ts';
import { Failure } from '../common/domain/failure.ts';
import type { Settings } from '../common/runtime/settings.ts';
import type { DoctorWorld } from './commands/doctor/doctor-world.ts';
import { readConfiguration, readStoredNames, type ReadConfiguration } from './commands/read-configuration.ts';
import { buildLookingWorld } from './wiring-commands.ts';

/** What the command `doctor` looks at. Opens no connection yet. Throws `kubeconfig-invalid`. */
export async function buildDoctorWorld(
  settings: Settings,
): Promise<{ readonly world: Omit<DoctorWorld, 'signal'>; readonly close: () => Promise<void> }> {
  const { reader, names, secrets, admission, baseUrl, close } = await buildLookingWorld(settings);
  const { metadataEndpoint, metadataV1Disabled, managedTokenFile, workerRoleName } = settings.environment;
  const metadata = createMetadataService({
    endpoint: metadataEndpoint,
    v1Disabled: metadataV1Disabled,
    clock: Date.now,
    requestTimeoutSeconds: 2,
  });
  const regions = createRegionFinder({ clock: Date.now, region: settings.region, metadata });
  const openClusterRole = provideClusterRole({
    tokenMode: settings.tokenMode,
    managedRole: { tokenFile: managedTokenFile ?? managedRoleTokenFile, now: Date.now },
    workerRole: provideWorkerRole({ metadata, now: Date.now, roleName: workerRoleName }),
    secrets: { readSecret: (name) => secrets.readSecret(settings.configMap.namespace, name) },
    registeredClusterSecret,
  });
  const probed = new Map<string, Promise<ProbedEndpoint>>();
  let configuration: Promise<ReadConfiguration> | undefined;
  return {
    world: {
      settings,
      baseUrl,
      reader,
      admission,
      regions,
      openClusterRole: async (signal) => void (await openClusterRole(signal)),
      configuration: () => (configuration ??= readConfiguration(reader, settings.configMap)),
      probe(address) {
        const known = probed.get(address.href) ?? probeEndpoint(address, AbortSignal.timeout(4500));
        probed.set(address.href, known);
        return known;
      },
      // Loaded only where there is a Redis.
      askRedis: async (url) => (await import('./wiring-doctor-redis.ts')).askRedis(url),
      readSealKeys,
      storedNames: () => readStoredNames(names),
    },
    close: async () => {
      await Promise.all([close(), metadata.close()]);
    },
  };
}

async function readSealKeys(file: string): Promise<number> {
  const { parseKeyRing } = await import('../common/adapters/redis/sealing.ts');
  try {
    return parseKeyRing(await readFile(file, 'utf8')).length;
  } catch (error) {
    if (error instanceof Failure) throw error;
    const why = error instanceof Error ? error.message : 'unknown';
    throw new Failure('setting-invalid', `--seal-key-file ${file} cannot be read: ${why}`, { cause: error });
  }
}
