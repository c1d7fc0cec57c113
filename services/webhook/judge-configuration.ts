import { parseConfigMap, type ConfigMapContent } from '../../common/domain/configuration/config-map-data.ts';
import type { Configuration } from '../../common/domain/configuration/configuration.ts';
import { contentVersion } from '../../common/domain/configuration/content-version.ts';
import { setsNothing } from '../../common/domain/configuration/emptied.ts';
import { renderProblems } from '../../common/domain/configuration/problems/problem-text.ts';
import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { Detachment } from '../../common/domain/selection/configuration-change.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { ConfigurationStore, ObservationStore } from '../../common/ports/stores.ts';
import { findDetachment } from '../find-detachment.ts';
import { texts, type Review, type Verdict } from './admission-review.ts';

export type JudgeConfigurationTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'listed' | 'namespaces' | 'read'>;
  readonly settings: { readonly configMap: { readonly namespace: string; readonly name: string } };
  readonly clock: Clock;
  readonly report: Report;
};

/**
 * Refuses an edit of the ConfigMap that the watcher would not take over: a broken one with the text of `check`, and one that stops
 * most of the cluster with the annotation that confirms it [N6] [N20]. Where the stores cannot tell, the edit is allowed: the
 * watcher judges it again.
 */
export function judgeConfiguration(tools: JudgeConfigurationTools): (review: Review) => Promise<Verdict> {
  return async ({ namespace, object }) => {
    const { configMap } = tools.settings;
    if (namespace !== configMap.namespace || object.metadata?.name !== configMap.name) return { kind: 'unchanged' };
    const content = { data: texts(object.data), binaryData: texts(object.binaryData) };
    const { configuration, problems } = parseConfigMap(content);
    if (configuration === undefined)
      return { kind: 'refused', message: `\n${renderProblems({ ...content.binaryData, ...content.data }, problems)}` };
    const confirm = object.metadata.annotations?.['acr-credential-helper/confirm'];
    return judgeDetachment(configuration, content, confirm, tools);
  };
}

async function judgeDetachment(
  configuration: Configuration,
  content: ConfigMapContent,
  confirm: string | undefined,
  tools: JudgeConfigurationTools,
): Promise<Verdict> {
  const version = contentVersion(withoutEmpty(content));
  if (confirm === version) return { kind: 'unchanged' };
  try {
    const detachment = await detachmentBy(configuration, content, version, tools);
    return detachment === undefined
      ? { kind: 'unchanged' }
      : { kind: 'refused', message: heldBack(detachment, version, tools) };
  } catch (error) {
    tools.report({ kind: 'message-failed', message: 'webhook', key: 'configuration', failure: toFailure(error) });
    return { kind: 'unchanged' };
  }
}

/** The API server leaves empty maps out, and the watcher never sees them. */
function withoutEmpty({ data, binaryData }: ConfigMapContent): ConfigMapContent {
  const hasBinary = binaryData !== undefined && Object.keys(binaryData).length > 0;
  return { data: data ?? {}, ...(hasBinary ? { binaryData } : {}) };
}

async function detachmentBy(
  configuration: Configuration,
  content: ConfigMapContent,
  version: string,
  { configurations, observations, clock }: JudgeConfigurationTools,
): Promise<Detachment | undefined> {
  const before = await configurations.read();
  if (before === undefined || before.version === version) return undefined;
  if ((await observations.listed('everything')) === undefined) return undefined;
  const change = { next: { configuration, localRegion: before.localRegion }, before, isEmptied: setsNothing(content) };
  return findDetachment(change, observations, clock());
}

function heldBack(
  { attached, detached, loggedOut }: Detachment,
  version: string,
  { settings }: JudgeConfigurationTools,
): string {
  const { namespace, name } = settings.configMap;
  const harm = [
    ...(detached > 0 ? [`detach ${detached}`] : []),
    ...(loggedOut > 0 ? [`take every login that works from ${loggedOut}`] : []),
  ].join(' and ');
  return [
    `this configuration would ${harm} of the ${attached} accounts that pull with it today. If that is meant, confirm it first:`,
    `  kubectl -n ${namespace} annotate configmap ${name} --overwrite acr-credential-helper/confirm=${version}`,
    'and make the same edit again.',
  ].join('\n');
}
