import type { DashboardParts } from './panel.ts';

/** Where work waits, and who does it. */
export const queuesAndWorkers = {
  title: 'Queues and workers',
  description:
    'What waits, for how long, what is done, and what the processes use for it. Over Redis every process tells the same depth.',
  rows: [
    {
      title: 'Queues',
      panels: [
        {
          kind: 'graph',
          title: 'Oldest message that waits',
          description: 'More than a minute: there is more work than is done, or nobody does it.',
          unit: 's',
          width: 12,
          questions: [{ expression: 'max by (queue) (acr_helper_queue_oldest_item_age_seconds)', legend: '{{queue}}' }],
        },
        {
          kind: 'graph',
          title: 'Messages in the queues',
          description: 'Waiting, being handled (active), and waiting out a back-off (delayed).',
          unit: 'short',
          width: 12,
          questions: [{ expression: 'max by (queue, state) (acr_helper_queue_depth)', legend: '{{queue}} {{state}}' }],
        },
        {
          kind: 'graph',
          title: 'Messages handled',
          description: 'By outcome: failed ones come back by themselves.',
          unit: 'ops',
          width: 12,
          questions: [
            {
              expression: 'sum by (message, outcome) (rate(acr_helper_messages_total[$__rate_interval]))',
              legend: '{{message}} {{outcome}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Seconds for each message',
          description: 'The average of each kind.',
          unit: 's',
          width: 12,
          questions: [
            {
              expression:
                'sum by (message) (rate(acr_helper_message_seconds_total[$__rate_interval])) / sum by (message) (rate(acr_helper_messages_total{outcome="done"}[$__rate_interval]))',
              legend: '{{message}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Writes',
      panels: [
        {
          kind: 'graph',
          title: 'Writes to the cluster',
          description: 'One for each namespace and renewal; none while nothing changes.',
          unit: 'ops',
          width: 12,
          questions: [
            { expression: 'sum by (action) (rate(acr_helper_writes_total[$__rate_interval]))', legend: '{{action}}' },
          ],
        },
        {
          kind: 'graph',
          title: 'Conflicts, fights and corrections',
          description: 'Corrections are what only the periodic sweep found: 0 in a healthy run.',
          unit: 'short',
          width: 12,
          questions: [
            {
              expression: 'sum(increase(acr_helper_conflicts_total[$__rate_interval])) or vector(0)',
              legend: 'conflicts',
            },
            { expression: 'sum(increase(acr_helper_fights_total[$__rate_interval]))', legend: 'fights' },
            {
              expression: 'sum(increase(acr_helper_sweep_corrections_total[$__rate_interval]))',
              legend: 'corrections',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Pods evicted because they were admitted too early',
          description: 'Only with repair-pods.',
          unit: 'short',
          width: 24,
          questions: [
            {
              expression: 'sum by (outcome) (increase(acr_helper_pods_repaired_total[$__rate_interval]))',
              legend: '{{outcome}}',
            },
          ],
          empty: 'none',
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        {
          kind: 'graph',
          title: 'CPU',
          description: 'Cores in use.',
          unit: 'short',
          width: 8,
          questions: [
            {
              expression:
                'rate(process_cpu_seconds_total[$__rate_interval]) and on (instance, job) acr_helper_build_info',
              legend: '{{instance}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Memory',
          description: 'Resident memory of each process.',
          unit: 'bytes',
          width: 8,
          questions: [
            {
              expression: 'process_resident_memory_bytes and on (instance, job) acr_helper_build_info',
              legend: '{{instance}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Delay of the event loop (99 %)',
          description: 'More than a few hundred milliseconds: the process has too much to do at once.',
          unit: 's',
          width: 8,
          questions: [
            {
              expression: 'nodejs_eventloop_lag_p99_seconds and on (instance, job) acr_helper_build_info',
              legend: '{{instance}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Connection to Redis',
          description: '1 while Redis answers. Nothing where one process runs without Redis.',
          unit: 'short',
          width: 12,
          questions: [{ expression: 'min by (instance) (acr_helper_store_connected)', legend: '{{instance}}' }],
          empty: 'without Redis',
        },
        {
          kind: 'graph',
          title: 'Spans of traces',
          description: 'Only with a collector. Lost: it did not take them. Dropped: too many waited for it.',
          unit: 'ops',
          width: 12,
          questions: [
            {
              expression: 'sum by (outcome) (rate(acr_helper_trace_spans_total[$__rate_interval]))',
              legend: '{{outcome}}',
            },
          ],
          empty: 'no traces are recorded',
        },
      ],
    },
  ],
} as const satisfies DashboardParts;
