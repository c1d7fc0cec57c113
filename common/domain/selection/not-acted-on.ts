import type { Configuration } from '../configuration/configuration.ts';

/** Settings that are read but that this release does not act on yet: a person must hear of it. One sentence each. */
export function notActedOn({ admission, repairPods, secretNaming }: Configuration): readonly string[] {
  const settings: readonly (readonly [boolean, string])[] = [
    [
      admission.enabled,
      'webhook-configuration: new accounts are served from their watch event, not at their admission',
    ],
    [admission.pods, 'admission-pods: pods that bring their own imagePullSecrets are left as they are'],
    [repairPods, 'repair-pods: pods that were admitted too early are left to their controllers'],
    [secretNaming === 'per-domain', 'secret-naming: one aggregated Secret per namespace is written'],
  ];
  return settings.flatMap(([isSet, sentence]) => (isSet ? [`not acted on by this release: ${sentence}`] : []));
}
