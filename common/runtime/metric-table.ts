/**
 * EVERY metric: its name, kind, labels, and what to use it for. `docs/metrics.md` is made from this list.
 *
 * Cardinality: nothing per account or namespace; `source` is bounded by the registries of the configuration.
 */
export const metricTable = {
  acr_helper_build_info: {
    kind: 'gauge',
    labels: ['version', 'node'],
    use: 'to see which release runs where; always 1',
  },
  acr_helper_credential_expiration_timestamp_seconds: {
    kind: 'gauge',
    labels: ['source', 'instance', 'region'],
    use: 'to see how long pulls keep working: the expiry of each registry’s credential (Unix time)',
  },
  acr_helper_credential_failures: {
    kind: 'gauge',
    labels: ['source', 'instance', 'region', 'code'],
    use: 'to find registries whose last fetch failed, and why: attempts since the last success',
  },
  acr_helper_queue_depth: {
    kind: 'gauge',
    labels: ['queue', 'state'],
    use: 'to see the backlog: messages waiting, active and delayed',
  },
  acr_helper_queue_oldest_item_age_seconds: {
    kind: 'gauge',
    labels: ['queue'],
    use: 'to see whether anybody waits too long: age of the oldest message that waits',
  },
  acr_helper_messages_total: {
    kind: 'counter',
    labels: ['message', 'outcome'],
    use: 'to see the work that is done: messages by outcome (done, failed, rejected)',
  },
  acr_helper_kubernetes_requests_total: {
    kind: 'counter',
    labels: ['verb', 'resource', 'code'],
    use: 'to see what the API server is asked: requests by verb, resource and HTTP status (0: no answer)',
  },
  acr_helper_kubernetes_requests_in_flight: {
    kind: 'gauge',
    labels: [],
    use: 'to see how much of the window of requests is used',
  },
  acr_helper_kubernetes_requests_waiting: {
    kind: 'gauge',
    labels: [],
    use: 'to see how much waits for a place in the window',
  },
  acr_helper_kubernetes_requests_limit: {
    kind: 'gauge',
    labels: [],
    use: 'to see the size of the window; it shrinks when the server says 429',
  },
  acr_helper_cloud_requests_total: {
    kind: 'counter',
    labels: ['action', 'region', 'code'],
    use: 'to see what Alibaba Cloud is asked: calls by action, region and answer',
  },
  acr_helper_writes_total: {
    kind: 'counter',
    labels: ['action'],
    use: 'to see what is written: create-secret, rewrite-secret, repair-secret, take-over-secret, attach, detach, delete-secret',
  },
  acr_helper_conflicts_total: {
    kind: 'counter',
    labels: ['action'],
    use: 'to see writes that somebody else was faster than',
  },
  acr_helper_configuration_valid: {
    kind: 'gauge',
    labels: [],
    use: 'to see whether the ConfigMap as it is now is in force: 1, or 0 while the last good one is',
  },
  acr_helper_watch_last_activity_timestamp_seconds: {
    kind: 'gauge',
    labels: ['watch'],
    use: 'to find a dead watch: when it last received anything, bookmarks included (Unix time)',
  },
  acr_helper_watch_lists_total: {
    kind: 'counter',
    labels: ['watch'],
    use: 'to see relists, which are expensive in a large cluster',
  },
} as const satisfies Record<string, MetricRow>;

export type MetricName = keyof typeof metricTable;

type MetricRow = { readonly kind: 'gauge' | 'counter'; readonly labels: readonly string[]; readonly use: string };
