import { parseConfigMap } from '../../common/domain/configuration/config-map-data.ts';
import type { Configuration } from '../../common/domain/configuration/configuration.ts';
import { contentVersion } from '../../common/domain/configuration/content-version.ts';
import { setsNothing } from '../../common/domain/configuration/emptied.ts';
import { describeProblem } from '../../common/domain/configuration/problems/problem.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { ClusterReader } from '../../common/ports/cluster-reader.ts';
import type { LastGoodStore, SecretNameStore } from '../../common/ports/own-secrets.ts';
import type { Settings } from '../../common/runtime/settings.ts';

/** The ConfigMap as it is in the cluster now, which need not be what a running helper works by. */
export type ReadConfiguration =
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
  | {
      readonly kind: 'valid';
      readonly configuration: Configuration;
      readonly version: string;
      /** A person confirmed it by the annotation. */
      readonly isConfirmed: boolean;
      readonly isEmptied: boolean;
      readonly warnings: readonly string[];
    };

/** Throws `Failure` when the ConfigMap cannot be read. */
export async function readConfiguration(
  reader: Pick<ClusterReader, 'readConfigMap'>,
  { namespace, name }: Settings['configMap'],
): Promise<ReadConfiguration> {
  const configMap = await reader.readConfigMap(namespace, name);
  if (configMap?.data === undefined) return { kind: 'missing' };
  const content = {
    data: configMap.data,
    ...(configMap.binaryData === undefined ? {} : { binaryData: configMap.binaryData }),
  };
  const { configuration, problems } = parseConfigMap(content);
  const sentences = problems.map((problem) => describeProblem(problem));
  if (configuration === undefined) return { kind: 'invalid', problems: sentences };
  const version = contentVersion(content);
  return {
    kind: 'valid',
    configuration,
    version,
    isConfirmed: configMap.confirm === version,
    isEmptied: setsNothing(content),
    warnings: sentences,
  };
}

/** What the helper took over last; absent where there is none, none that can be read by this release, or it may not be read. */
export async function readLastGood(
  lastGood: Pick<LastGoodStore, 'read'>,
): Promise<{ readonly configuration: Configuration; readonly version: string } | undefined> {
  const kept = await lastGood.read().catch(absentIfForbidden);
  const configuration = kept === undefined ? undefined : parseConfigMap(kept).configuration;
  return kept === undefined || configuration === undefined ? undefined : { configuration, version: kept.version };
}

/** Names under which there may be Secrets of ours besides those that the configuration tells; none where they may not be read. */
export async function readStoredNames(names: Pick<SecretNameStore, 'read'>): Promise<readonly string[]> {
  return (await names.read().catch(absentIfForbidden)) ?? [];
}

/** A person need not have the helper’s own rights. */
function absentIfForbidden(error: unknown): undefined {
  if (!(error instanceof Failure) || error.code !== 'kubernetes-forbidden') throw error;
}
