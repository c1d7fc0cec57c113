import { setTimeout as sleep } from 'node:timers/promises';
import type { Handler } from '../../queues/bus.ts';
import type { WriterWorld } from '../world.ts';
import { followCoverage } from './count-coverage.ts';
import { DesiredSecretsCache } from './desired-secrets-cache.ts';
import { FightGuard } from './fight-guard.ts';
import { startKeepingUp } from './keep-up.ts';
import { keepCertificate } from './keep-certificate.ts';
import { NamespaceTroubles } from './namespace-troubles.ts';
import { registerAdmission } from './register-admission.ts';
import { repairPod } from './repair-pod.ts';
import { restoreMissingCredentials } from './restore-credentials.ts';
import { sweepNamespaces } from './sweep-namespaces.ts';
import { syncAllNamespaces } from './sync-all-namespaces.ts';
import { syncNamespace } from './sync-namespace.ts';

/** Starts the consumers of the writer's messages. */
export async function startWriter(world: WriterWorld): Promise<void> {
  const { bus, credentials, settings } = world;
  const [cluster, pods, ownSecrets] = await Promise.all([
    world.connectWriter(),
    world.connectPods(),
    world.connectOwnSecrets(),
  ]);
  const { secretName, allowedHosts } = settings;
  const desiredSecrets = new DesiredSecretsCache({ credentials, secretName, allowedHosts, report: world.report });
  const fightGuard = new FightGuard(world);
  const troubles = new NamespaceTroubles(world.report);
  const syncTools = { ...world, cluster, desiredSecrets, secretName, fightGuard, troubles, watchClock: Date.now };
  startKeepingUp(fightGuard, world);
  followCoverage(desiredSecrets, world);
  await Promise.all([
    bus.consume('namespace.sync', { handle: syncNamespace(syncTools) }),
    bus.consume('namespace.sweep', { handle: sweepNamespaces(world) }),
    bus.consume('namespace.sync-all', { handle: syncAllNamespaces(world) }),
    bus.consume('pod.repair', { handle: repairPod({ ...world, pods }) }),
    bus.consume('admission.register', { handle: await admissionHandler(world) }),
    bus.consume('credential.restore', { handle: restoreMissingCredentials({ ...world, ownSecrets }) }),
  ]);
}

async function admissionHandler(world: WriterWorld): Promise<Handler<'admission.register'>> {
  const { settings, admission, certificateFolder } = world;
  const { registry, certificates } = await admission.connect();
  const { namespace } = settings.configMap;
  const { service, url } = settings.webhook;
  const host = url?.hostname ?? `${service}.${namespace}.svc`;
  const hosts = url === undefined ? [host, `${host}.cluster.local`] : [host.replaceAll(/[[\]]/g, '')];
  const { issueCertificate, probeWebhook } = admission;
  return registerAdmission({
    ...world,
    registry,
    ...settings,
    keepCertificate: (registeredAuthority) =>
      keepCertificate({
        ...world,
        certificates,
        certificateFolder,
        issueCertificate,
        hosts,
        registeredAuthority,
        clock: Date.now,
      }),
    target: url === undefined ? { kind: 'service', namespace, name: service } : { kind: 'url', url: url.origin },
    probe: async (caBundle, times) => {
      for (let count = 1; count <= times; count++) {
        if (count > 1) await sleep(betweenProbesMilliseconds, undefined, { signal: world.shutdown.signal });
        await probeWebhook(url?.origin ?? `https://${host}`, caBundle);
      }
    },
    clock: Date.now,
  });
}

const betweenProbesMilliseconds = 300;
