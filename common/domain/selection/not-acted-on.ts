import type { Configuration } from '../configuration/configuration.ts';

/** Settings that are read but have no effect, here or beside the others: a person must hear of it. One sentence each. */
export function notActedOn({
  admission,
  repairPods,
  attach,
  accountSelector,
}: Pick<Configuration, 'admission' | 'repairPods' | 'attach' | 'accountSelector'>): readonly string[] {
  const settings: readonly (readonly [boolean, string])[] = [
    [
      admission.enabled && !attach,
      'webhook-configuration: with attach "false" there is no reference to give to new accounts',
    ],
    [
      admission.pods && !admission.enabled,
      'admission-pods: it is part of the admission that webhook-configuration switches on (enable: true)',
    ],
    [
      admission.pods && admission.enabled && accountSelector !== undefined,
      'admission-pods: with service-account-selector nobody can tell at the admission of a pod which labels its account has',
    ],
    [
      repairPods && !attach,
      'repair-pods: with attach "false" no account gets a reference, and so no pod is admitted too early for it',
    ],
  ];
  return settings.flatMap(([isSet, sentence]) => (isSet ? [`not acted on: ${sentence}`] : []));
}
