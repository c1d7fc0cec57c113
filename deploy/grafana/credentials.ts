import type { DashboardParts } from './panel.ts';

/** The life of every login. */
export const credentials = {
  title: 'Credentials',
  description: 'Each registry’s login: until when it works, from when on it is to be renewed, and why a fetch failed.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          kind: 'number',
          title: 'Credentials by state',
          description: 'fresh, due (to be renewed now), expired, missing (never fetched).',
          unit: 'short',
          width: 12,
          questions: [{ expression: 'max by (state) (acr_helper_credentials)', legend: '{{state}}' }],
        },
        {
          kind: 'number',
          title: 'Most overdue renewal',
          description: 'Below zero: nothing is due before so many seconds are over.',
          unit: 's',
          width: 6,
          questions: [{ expression: 'max(time() - acr_helper_credential_renewal_due_timestamp_seconds)' }],
          limits: { warning: 60, bad: 300 },
        },
        {
          kind: 'number',
          title: 'Registries whose last fetch failed',
          description: 'By the code of the failure: docs/failure-modes.md has a heading for each.',
          unit: 'short',
          width: 6,
          questions: [
            {
              expression: 'count by (code) (max by (source, code) (acr_helper_credential_failures))',
              legend: '{{code}}',
            },
          ],
          limits: { warning: 1, bad: 5 },
          empty: 'none',
        },
      ],
    },
    {
      title: 'Over time',
      panels: [
        {
          kind: 'graph',
          title: 'Time until each login expires',
          description: 'A saw: it jumps up with each renewal.',
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
          title: 'Time until each renewal',
          description: 'Renewed at 0.',
          unit: 's',
          width: 12,
          questions: [
            {
              expression: 'max by (registry, region) (acr_helper_credential_renewal_due_timestamp_seconds) - time()',
              legend: '{{registry}} {{region}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Fetches',
          description: 'How fetches ended.',
          unit: 'ops',
          width: 12,
          questions: [
            {
              expression: 'sum by (outcome) (rate(acr_helper_credential_fetches_total[$__rate_interval]))',
              legend: '{{outcome}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Attempts since the last success',
          description: 'Of registries whose last fetch failed.',
          unit: 'short',
          width: 12,
          questions: [
            {
              expression: 'max by (registry, region, code) (acr_helper_credential_failures)',
              legend: '{{registry}} {{region}}: {{code}}',
            },
          ],
          empty: 'none',
        },
      ],
    },
  ],
} as const satisfies DashboardParts;
