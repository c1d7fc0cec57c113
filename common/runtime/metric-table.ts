/** From a millisecond, which an attachment takes, to the minutes of an outage. */
const waitBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] as const;

/**
 * EVERY metric: its name, kind, labels, and what to use it for. `docs/metrics.md` is made from this list.
 *
 * Cardinality: nothing per account or namespace. `source` and `pool` are bounded by the registries of the configuration and go with
 * them; every other label has a fixed list of values (verbs, resources, codes, messages, states).
 */
export const metricTable = {
  acr_helper_build_info: {
    kind: 'gauge',
    labels: ['version', 'node'],
    use: 'to see which release runs where; always 1',
  },
  acr_helper_role: {
    kind: 'gauge',
    labels: ['name'],
    use: 'to notice that nobody plays a role any more: 1 for each role that this process plays',
  },
  acr_helper_credential_expiration_timestamp_seconds: {
    kind: 'gauge',
    labels: ['source', 'registry', 'region'],
    use: 'to see how long pulls keep working: the expiry of each registry’s credential (Unix time)',
  },
  acr_helper_credential_failures: {
    kind: 'gauge',
    labels: ['source', 'registry', 'region', 'code'],
    use: 'to find registries whose last fetch failed, and why: attempts since the last success',
  },
  acr_helper_credential_renewal_due_timestamp_seconds: {
    kind: 'gauge',
    labels: ['source', 'registry', 'region'],
    use: 'to find a renewal that does not happen: from when on each credential is to be renewed (Unix time); in the past for moments only',
  },
  acr_helper_credentials: {
    kind: 'gauge',
    labels: ['state'],
    use: 'to see at a glance whether the registries of the configuration have logins: credentials that are fresh, due (for renewal), expired, or missing (never fetched)',
  },
  acr_helper_credential_fetches_total: {
    kind: 'counter',
    labels: ['outcome'],
    use: 'to see how fetches of credentials end: stored or failed',
  },
  acr_helper_namespaces: {
    kind: 'gauge',
    labels: ['state'],
    use: 'to see whether pods can pull: namespaces that are served, those that are not by reason (no-credential, secret-missing, secret-outdated, account-unattached, secret-of-another), and not-selected; counted every few seconds by every writer, so take the maximum',
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
  acr_helper_message_seconds_total: {
    kind: 'counter',
    labels: ['message'],
    use: 'to see what takes time: seconds spent handling messages',
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
  acr_helper_kubernetes_wait_seconds_total: {
    kind: 'counter',
    labels: [],
    use: 'to see what throttling costs: seconds that requests waited for a place in the window',
  },
  acr_helper_cloud_requests_total: {
    kind: 'counter',
    labels: ['action', 'region', 'code'],
    use: 'to see what Alibaba Cloud is asked: calls by action, region and answer',
  },
  acr_helper_pool_blocked: {
    kind: 'gauge',
    labels: ['pool', 'reason'],
    use: 'to find accounts that nothing is fetched from for now: 1 for a region and account that is throttled, or whose circuit breaker is open (breaker-open); else 0',
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
  acr_helper_service_account_ready_seconds: {
    kind: 'histogram',
    labels: [],
    buckets: waitBuckets,
    use: 'to see how long a new ServiceAccount waits for its reference: from when a watch saw it to attached',
  },
  acr_helper_namespace_ready_seconds: {
    kind: 'histogram',
    labels: [],
    buckets: waitBuckets,
    use: 'to see how long a new namespace waits for its Secret: from when a watch saw it to written',
  },
  acr_helper_sweep_corrections_total: {
    kind: 'counter',
    labels: [],
    use: 'to prove that nothing is missed: writes that only the periodic sweep found to be needed; 0 in a healthy run',
  },
  acr_helper_fights: {
    kind: 'gauge',
    labels: [],
    use: 'to see whether another controller keeps undoing our changes: objects that are fought over now (every writer tells the same: take the maximum)',
  },
  acr_helper_fights_total: {
    kind: 'counter',
    labels: [],
    use: 'to see how often another controller was found to keep undoing our changes',
  },
  acr_helper_pods_repaired_total: {
    kind: 'counter',
    labels: ['outcome'],
    use: 'to see pods that were admitted too early being evicted (with repair-pods): evicted, postponed (the API server would not yet), given-up',
  },
  acr_helper_configuration_valid: {
    kind: 'gauge',
    labels: [],
    use: 'to see whether the ConfigMap as it is now is in force: 1, or 0 while the last good one is',
  },
  acr_helper_configuration_held_back: {
    kind: 'gauge',
    labels: [],
    use: 'to see an edit that waits to be confirmed because it takes away too much: 1, else 0',
  },
  acr_helper_configuration_change_timestamp_seconds: {
    kind: 'gauge',
    labels: [],
    use: 'to see whether trouble began with an edit: when this process last put another configuration in force (Unix time)',
  },
  acr_helper_admission_reviews_total: {
    kind: 'counter',
    labels: ['kind', 'outcome'],
    use: 'to see what the webhook is asked: reviews by kind (account, pod, configuration) and outcome (patched, unchanged, refused, not-ready, invalid)',
  },
  acr_helper_admission_writes_total: {
    kind: 'counter',
    labels: ['object', 'action'],
    use: 'to see policies and webhook configurations being registered, repaired and removed: none while nothing changes',
  },
  acr_helper_webhook_certificate_expiration_timestamp_seconds: {
    kind: 'gauge',
    labels: [],
    use: 'to see how long the API server can reach the webhook: expiry of the certificate that it serves by (Unix time)',
  },
  acr_helper_watch_last_activity_timestamp_seconds: {
    kind: 'gauge',
    labels: ['watch'],
    use: 'to find a dead watch: when it last received anything, bookmarks included, or began (Unix time)',
  },
  acr_helper_watch_lists_total: {
    kind: 'counter',
    labels: ['watch'],
    use: 'to see relists, which are expensive in a large cluster',
  },
  acr_helper_watch_interrupted: {
    kind: 'gauge',
    labels: ['watch'],
    use: 'to see a watch that is known to be down: 1 while it is tried again, else 0',
  },
  acr_helper_store_connected: {
    kind: 'gauge',
    labels: [],
    use: 'to see whether Redis answers: 1, or 0 while the connection is lost; absent in one process without Redis',
  },
  acr_helper_trace_spans_total: {
    kind: 'counter',
    labels: ['outcome'],
    use: 'to see whether traces are complete (with --trace-endpoint): spans that were sent, lost (the collector did not take them) or dropped (too many waited already)',
  },
} as const satisfies Record<string, MetricRow>;

export type MetricName = keyof typeof metricTable;

type MetricRow = { readonly labels: readonly string[]; readonly use: string } & (
  | { readonly kind: 'gauge' | 'counter' }
  /** Upper bounds, in the unit of the name. */
  | { readonly kind: 'histogram'; readonly buckets: readonly number[] }
);
