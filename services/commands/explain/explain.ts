import type { Configuration } from '../../../common/domain/configuration/configuration.ts';
import { renewalRule } from '../../../common/domain/credentials/plan-renewals.ts';
import { resolveRegistries, type ResolvedRegistries } from '../../../common/domain/credentials/resolve-registries.ts';
import { explainNamespace } from '../../../common/domain/explain/explain-namespace.ts';
import type { ImageReference } from '../../../common/domain/explain/image-reference.ts';
import { Failure } from '../../../common/domain/failure.ts';
import { desiredByNamespace } from '../../../common/domain/namespaces/desired-by-namespace.ts';
import type { NamespaceObservation } from '../../../common/domain/namespaces/observation.ts';
import { secretNames } from '../../../common/domain/namespaces/secret-names.ts';
import { assumeCredentials, heldCredentials, HeldSources } from '../../../common/domain/plan/assumed-credentials.ts';
import { regionOfSecrets } from '../../../common/domain/plan/local-region.ts';
import { credentialStatuses } from '../../../common/domain/status/credential-status.ts';
import type { CredentialStatus, Status } from '../../../common/domain/status/status.ts';
import type { Clock } from '../../../common/ports/clock.ts';
import type { ClusterReader, PullingPod } from '../../../common/ports/cluster-reader.ts';
import type { LastGoodStore, OwnSecretReader, SecretNameStore } from '../../../common/ports/own-secrets.ts';
import type { Settings } from '../../../common/runtime/settings.ts';
import { readConfiguration, readLastGood, readStoredNames, type ReadConfiguration } from '../read-configuration.ts';
import type { ExplainedTarget } from './explain-text.ts';
import { askForImage } from './image-question.ts';

export type Target = { readonly namespace: string; readonly account?: string | undefined };

export type ExplainWorld = {
  readonly reader: ClusterReader;
  readonly secrets: OwnSecretReader;
  readonly names: Pick<SecretNameStore, 'read'>;
  readonly lastGood: Pick<LastGoodStore, 'read'>;
  readonly settings: Pick<Settings, 'configMap' | 'region' | 'secretName' | 'allowedHosts'>;
  /** What the running helper says, or why it does not. */
  readonly helper: Status | string;
  readonly image?: ImageReference | undefined;
  readonly clock: Clock;
};

/** Looks at one namespace from all sides. Only reads. Throws `Failure`, `target-unknown` when there is no such namespace or account. */
export async function explainTarget(target: Target, world: ExplainWorld): Promise<ExplainedTarget> {
  const { reader, settings, helper, clock } = world;
  const read = await readConfiguration(reader, settings.configMap);
  const { configuration, version } = await configurationOf(read, world);
  const status = typeof helper === 'string' ? undefined : helper;
  const givenRegion = settings.region ?? status?.configuration.inForce?.localRegion;
  const { observation, writtenAt } = await reader.readNamespace(
    target.namespace,
    await namesFor(configuration, givenRegion, status, world),
  );
  requireTarget(target, observation);
  const now = clock();
  const held = new HeldSources();
  for (const secret of observation.secrets) held.add(secret);
  const localRegion = givenRegion ?? regionOfSecrets(configuration, held);
  const resolved = resolveRegistries({ configuration, localRegion });
  const explanation = explainNamespace({
    observation,
    account: target.account,
    configuration,
    entries: resolved.entries,
    credentials: status?.credentials ?? credentialsOfSecrets(configuration, resolved, held, now),
    wantedNames: wantedNames(target.namespace, configuration, resolved, held, settings, now),
    now,
  });
  return {
    target: target.account === undefined ? target.namespace : `${target.namespace}/${target.account}`,
    ...explanation,
    writtenAt: Object.fromEntries(writtenAt),
    pods: await podsOf(target, reader),
    repairPods: configuration.repairPods,
    ...(world.image === undefined
      ? {}
      : {
          image: await askForImage(world.image, pullSecretsOf(target, observation, explanation.secrets), world.secrets),
        }),
    notes: notesOf(read, version, helper, settings),
    at: now,
  };
}

/** The ConfigMap, or what the helper keeps in force in place of one that cannot be used. */
async function configurationOf(
  read: ReadConfiguration,
  { lastGood, settings: { configMap } }: ExplainWorld,
): Promise<{ readonly configuration: Configuration; readonly version: string }> {
  if (read.kind === 'valid') return read;
  const kept = await readLastGood(lastGood);
  if (kept !== undefined) return kept;
  throw new Failure('configuration-unusable', problemOf(read, `${configMap.namespace}/${configMap.name}`));
}

function problemOf(read: Exclude<ReadConfiguration, { readonly kind: 'valid' }>, configMap: string): string {
  return read.kind === 'missing'
    ? `there is no ConfigMap ${configMap}`
    : `ConfigMap ${configMap} has errors: ${read.problems[0] ?? ''}`;
}

async function namesFor(
  configuration: Configuration,
  localRegion: string | undefined,
  status: Status | undefined,
  { names, settings }: ExplainWorld,
): Promise<readonly string[]> {
  const known = new Map(
    (status?.credentials ?? []).flatMap(({ sourceId, hosts }) => (sourceId === undefined ? [] : [[sourceId, hosts]])),
  );
  const stored = await readStoredNames(names);
  return [...new Set([...secretNames({ configuration, localRegion }, settings.secretName, known), ...stored])];
}

function requireTarget({ namespace, account }: Target, observation: NamespaceObservation): void {
  if (observation.namespace === undefined) throw new Failure('target-unknown', `there is no namespace ${namespace}`);
  if (account !== undefined && !observation.accounts.some(({ name }) => name === account))
    throw new Failure('target-unknown', `there is no ServiceAccount ${account} in namespace ${namespace}`);
}

function credentialsOfSecrets(
  configuration: Configuration,
  resolved: ResolvedRegistries,
  held: HeldSources,
  now: number,
): readonly CredentialStatus[] {
  const records = heldCredentials(resolved.sources.values(), held, now);
  return credentialStatuses({ resolved, records, rule: renewalRule({ configuration, version: '' }), now });
}

function wantedNames(
  namespace: string,
  configuration: Configuration,
  resolved: ResolvedRegistries,
  held: HeldSources,
  { secretName, allowedHosts }: ExplainWorld['settings'],
  now: number,
): readonly string[] {
  const records = assumeCredentials(resolved.sources.values(), held, now);
  const desired = desiredByNamespace({ configuration, resolved, records, secretName, allowedHosts, now });
  return desired(namespace).secrets.map(({ name }) => name);
}

/** Absent: they may not be listed. */
async function podsOf(
  { namespace, account }: Target,
  reader: ClusterReader,
): Promise<readonly PullingPod[] | undefined> {
  try {
    const pods = await reader.readPods(namespace);
    return pods.filter((pod) => account === undefined || pod.account === account);
  } catch (error) {
    if (error instanceof Failure && error.code === 'kubernetes-forbidden') return undefined;
    throw error;
  }
}

function pullSecretsOf(
  { namespace, account }: Target,
  { accounts }: NamespaceObservation,
  secrets: readonly { readonly name: string }[],
): { readonly namespace: string; readonly pullSecrets: readonly string[] } {
  const observed = accounts.find(({ name }) => name === account);
  return { namespace, pullSecrets: observed?.pullSecrets ?? secrets.map(({ name }) => name) };
}

function notesOf(
  read: ReadConfiguration,
  version: string,
  helper: Status | string,
  { configMap }: ExplainWorld['settings'],
): readonly string[] {
  const name = `${configMap.namespace}/${configMap.name}`;
  const kept =
    read.kind === 'valid' ? [] : [`explained by the last good configuration, because ${problemOf(read, name)}`];
  if (typeof helper === 'string')
    return [...kept, `credentials are as the Secret tells, failures are not known: ${helper} (--ops-url)`];
  return helper.configuration.inForce?.version === version
    ? kept
    : [...kept, 'the helper works by another version of the ConfigMap than this one: see status'];
}
