import type { DashboardParts } from './panel.ts';

/** The first look at 3 a.m. */
export const canPodsPull = {
  title: 'Can pods pull?',
  description:
    'Whether pods can pull, what will expire when, and what is stuck. Counts of namespaces are the same in every writer.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          kind: 'number',
          title: 'Namespaces that cannot pull from every registry',
          description: '0 is good. The graph below says why.',
          unit: 'short',
          width: 6,
          questions: [{ expression: 'sum(max by (state) (acr_helper_namespaces{state!~"served|not-selected"}))' }],
          limits: { warning: 1, bad: 10 },
        },
        {
          kind: 'number',
          title: 'Namespaces served',
          description: 'Selected namespaces that have all that the configuration gives them.',
          unit: 'short',
          width: 6,
          questions: [{ expression: 'max(acr_helper_namespaces{state="served"})' }],
        },
        {
          kind: 'number',
          title: 'Next expiry',
          description:
            'When the first login stops to work, if it is not renewed. Below five minutes pulls are about to fail.',
          unit: 's',
          width: 6,
          questions: [{ expression: 'min(acr_helper_credential_expiration_timestamp_seconds) - time()' }],
          limits: { warning: 600, bad: 300, low: true },
        },
        {
          kind: 'number',
          title: 'Registries without a login that works',
          description: 'Missing: never fetched. Expired: was not renewed in time.',
          unit: 'short',
          width: 6,
          questions: [{ expression: 'sum(max by (state) (acr_helper_credentials{state=~"missing|expired"}))' }],
          limits: { warning: 1, bad: 1 },
        },
        {
          kind: 'number',
          title: 'ConfigMap in force',
          description: '1: as it is now. 0: it is broken, missing or held back, and the last good one is in force.',
          unit: 'short',
          width: 6,
          questions: [{ expression: 'max(acr_helper_configuration_valid)' }],
          limits: { warning: 1, bad: 1, low: true },
        },
        {
          kind: 'number',
          title: 'Edit waits to be confirmed',
          description: '1: it takes away too much; the Event of the ConfigMap says how to confirm it.',
          unit: 'short',
          width: 6,
          questions: [{ expression: 'max(acr_helper_configuration_held_back)' }],
          limits: { warning: 1, bad: 1 },
        },
        {
          kind: 'number',
          title: 'Objects fought over',
          description: 'Another controller keeps undoing what the helper writes.',
          unit: 'short',
          width: 6,
          questions: [{ expression: 'max(acr_helper_fights)' }],
          limits: { warning: 1, bad: 10 },
        },
        {
          kind: 'number',
          title: 'Watches interrupted',
          description: 'Changes in the cluster are not seen while a watch is down.',
          unit: 'short',
          width: 6,
          questions: [{ expression: 'sum(max by (watch) (acr_helper_watch_interrupted))' }],
          limits: { warning: 1, bad: 1 },
        },
      ],
    },
    {
      title: 'Since when, and why',
      panels: [
        {
          kind: 'graph',
          title: 'Namespaces by state',
          description: 'Everything but served and not-selected is a reason for which pods may fail to pull.',
          unit: 'short',
          width: 12,
          questions: [{ expression: 'max by (state) (acr_helper_namespaces)', legend: '{{state}}' }],
        },
        {
          kind: 'graph',
          title: 'Time until each login expires',
          description: 'A saw: it jumps up with each renewal. A line that falls to 0 was not renewed.',
          unit: 's',
          width: 12,
          questions: [
            {
              expression: 'max by (registry, region) (acr_helper_credential_expiration_timestamp_seconds) - time()',
              legend: '{{registry}} {{region}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'New ServiceAccounts: seconds until attached',
          description: 'From when a watch saw it. The objective is 99.5 % within a second.',
          unit: 's',
          width: 12,
          questions: quantiles('acr_helper_service_account_ready_seconds'),
        },
        {
          kind: 'graph',
          title: 'New namespaces: seconds until their Secret is written',
          description: 'From when a watch saw it.',
          unit: 's',
          width: 12,
          questions: quantiles('acr_helper_namespace_ready_seconds'),
        },
        {
          kind: 'number',
          title: 'Last edit taken over',
          description: 'Did the trouble begin with an edit?',
          unit: 'dateTimeAsIso',
          width: 12,
          questions: [{ expression: 'max(acr_helper_configuration_change_timestamp_seconds) * 1000' }],
          empty: 'none since the start',
        },
        {
          kind: 'number',
          title: 'Releases',
          description: 'Which release runs, in how many processes.',
          unit: 'short',
          width: 12,
          questions: [
            { expression: 'count by (version, node) (acr_helper_build_info)', legend: '{{version}} on Node {{node}}' },
          ],
        },
      ],
    },
  ],
} as const satisfies DashboardParts;

function quantiles(histogram: string): readonly { readonly expression: string; readonly legend: string }[] {
  return [0.5, 0.99].map((share) => ({
    expression: `histogram_quantile(${share}, sum by (le) (rate(${histogram}_bucket[$__rate_interval])))`,
    legend: `${share * 100} %`,
  }));
}
