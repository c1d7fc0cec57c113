import type { DashboardParts } from './panel.ts';

/** What the helper asks of the API server and of Alibaba Cloud, and what it is told to ask less of. */
export const apiUse = {
  title: 'API use',
  description: 'What the API server and Alibaba Cloud are asked, and when they ask us to slow down.',
  rows: [
    {
      title: 'Kubernetes',
      panels: [
        {
          kind: 'graph',
          title: 'Requests by verb and resource',
          description: 'No lists while nothing goes wrong, and no reads for a renewal.',
          unit: 'reqps',
          width: 12,
          questions: [
            {
              expression: 'sum by (verb, resource) (rate(acr_helper_kubernetes_requests_total[$__rate_interval]))',
              legend: '{{verb}} {{resource}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Answers that are no success',
          description: '409: somebody was faster. 429: slow down. 403: a right is missing. 0: no answer.',
          unit: 'reqps',
          width: 12,
          questions: [
            {
              expression: 'sum by (code) (rate(acr_helper_kubernetes_requests_total{code!~"2.."}[$__rate_interval]))',
              legend: '{{code}}',
            },
          ],
          empty: 'none',
        },
        {
          kind: 'graph',
          title: 'Window of requests',
          description: 'The limit shrinks with each 429, and grows again with successes.',
          unit: 'short',
          width: 12,
          questions: [
            { expression: 'sum(acr_helper_kubernetes_requests_in_flight)', legend: 'in flight' },
            { expression: 'sum(acr_helper_kubernetes_requests_waiting)', legend: 'waiting' },
            { expression: 'sum(acr_helper_kubernetes_requests_limit)', legend: 'limit' },
          ],
        },
        {
          kind: 'graph',
          title: 'Requests that wait for their turn, on average',
          description: 'What the window, a cap (--kube-qps) and 429 cost: seconds of waiting per second.',
          unit: 'short',
          width: 12,
          questions: [
            { expression: 'sum(rate(acr_helper_kubernetes_wait_seconds_total[$__rate_interval]))', legend: 'waiting' },
          ],
        },
        {
          kind: 'graph',
          title: 'Silence of each watch',
          description: 'A living watch says something every 40 s.',
          unit: 's',
          width: 12,
          questions: [
            {
              expression: 'time() - max by (watch) (acr_helper_watch_last_activity_timestamp_seconds)',
              legend: '{{watch}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Lists',
          description: 'One of each resource at the start; more mean that a watch fell too far behind.',
          unit: 'short',
          width: 12,
          questions: [{ expression: 'sum by (watch) (acr_helper_watch_lists_total)', legend: '{{watch}}' }],
        },
      ],
    },
    {
      title: 'Alibaba Cloud',
      panels: [
        {
          kind: 'graph',
          title: 'Calls by action and region',
          description: 'At most one token call, one endpoint call and one session for each fetch.',
          unit: 'reqps',
          width: 12,
          questions: [
            {
              expression: 'sum by (action, region) (rate(acr_helper_cloud_requests_total[$__rate_interval]))',
              legend: '{{action}} {{region}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Answers',
          description: 'By the code that Alibaba Cloud gives; Throttling means that the account asks too much.',
          unit: 'reqps',
          width: 12,
          questions: [
            {
              expression: 'sum by (code) (rate(acr_helper_cloud_requests_total[$__rate_interval]))',
              legend: '{{code}}',
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Accounts that nothing is fetched from',
          description: '1: throttled, or the circuit breaker is open because there was no answer.',
          unit: 'short',
          width: 24,
          questions: [{ expression: 'max by (pool, reason) (acr_helper_pool_blocked)', legend: '{{pool}} {{reason}}' }],
        },
      ],
    },
    {
      title: 'Admission',
      panels: [
        {
          kind: 'graph',
          title: 'Reviews',
          description: 'What the webhook is asked; nothing where a policy does it.',
          unit: 'reqps',
          width: 12,
          questions: [
            {
              expression: 'sum by (kind, outcome) (rate(acr_helper_admission_reviews_total[$__rate_interval]))',
              legend: '{{kind}} {{outcome}}',
            },
          ],
          empty: 'no webhook',
        },
        {
          kind: 'graph',
          title: 'Policies and webhook configurations written',
          description: 'None while nothing changes.',
          unit: 'short',
          width: 6,
          questions: [
            {
              expression: 'sum by (object, action) (increase(acr_helper_admission_writes_total[$__rate_interval]))',
              legend: '{{object}} {{action}}',
            },
          ],
          empty: 'none',
        },
        {
          kind: 'graph',
          title: 'Certificate of the webhook',
          description: 'Seconds until it expires; it is replaced long before.',
          unit: 's',
          width: 6,
          questions: [
            {
              expression: 'min(acr_helper_webhook_certificate_expiration_timestamp_seconds) - time()',
              legend: 'expires in',
            },
          ],
          empty: 'no webhook',
        },
      ],
    },
  ],
} as const satisfies DashboardParts;
