import type { Happening, Report } from '../common/domain/happening.ts';
import { recordedTraceId, type Tracer } from '../common/domain/tracing/tracer.ts';
import { describeFailure, type Logger } from '../common/runtime/logger.ts';
import type { Metrics } from '../common/runtime/metrics.ts';

/**
 * Makes log lines and metrics of what happens, and tells further listeners. Lines, and examples of metrics, lead to the trace in
 * which it happened.
 */
export function createReport(
  logger: Logger,
  metrics: Metrics,
  listeners: ReadonlySet<Report>,
  tracer: Pick<Tracer, 'current'>,
): Report {
  return (happening) => {
    const trace = recordedTraceId(tracer);
    log(happening, trace === undefined ? logger : logger.child({ trace }));
    measure(happening, metrics, trace === undefined ? {} : { trace_id: trace });
    for (const listener of listeners) listener(happening);
  };
}

function log(happening: Happening, logger: Logger): void {
  switch (happening.kind) {
    case 'configuration-seen':
      return logger.debug({ uid: happening.uid, resourceVersion: happening.resourceVersion }, 'ConfigMap looked at');
    case 'configuration-accepted':
      logger.info({ version: happening.version, registries: happening.registries }, 'configuration accepted');
      for (const warning of happening.warnings) logger.warn({ warning }, 'configuration: accepted with a warning');
      return;
    case 'configuration-refused':
      for (const problem of happening.problems) logger.error({ problem }, 'configuration refused');
      logger.warn(
        { keepsLastGood: happening.keepsLastGood },
        stays('the ConfigMap has errors', happening.keepsLastGood),
      );
      return;
    case 'configuration-held-back': {
      const { hash, attached, detached, loggedOut } = happening;
      return logger.warn(
        { hash, attached, detached, loggedOut },
        'configuration held back: it takes away too much; confirm it by the annotation acr-credential-helper/confirm',
      );
    }
    case 'configuration-missing':
      return logger.warn({ configMap: happening.configMap }, stays('there is no ConfigMap', happening.keepsLastGood));
    case 'region-unknown':
      return logger.warn(describeFailure(happening.failure), 'the cluster’s own region is not known yet');
    case 'cluster-observed':
      return logger.info({ namespaces: happening.namespaces }, 'cluster observed');
    case 'watch-interrupted':
      return logger.warn(
        { watch: happening.watch, ...describeFailure(happening.failure) },
        'watch interrupted; it is taken up again',
      );
    case 'watch-recovered':
      return logger.info({ watch: happening.watch }, 'watch recovered');
    case 'watch-listed':
      return logger.debug({ watch: happening.watch }, 'watch listed');
    case 'cluster-restored': {
      const { object, seen, listed } = happening;
      return logger.warn(
        { object, seen, listed },
        'the cluster was restored from a backup: its versions began again; everything is observed anew, and repaired',
      );
    }
    case 'credential-stored': {
      const { source, domains, expiresAt, renewed } = happening;
      return logger.info(
        { source, domains, expiresAt: new Date(expiresAt).toISOString() },
        renewed ? 'credential renewed' : 'credential fetched',
      );
    }
    case 'credential-failed': {
      const { source, failure, nextAttemptAt, lastGoodUntil } = happening;
      const times = {
        nextAttemptAt: iso(nextAttemptAt),
        lastGoodUntil: lastGoodUntil === undefined ? undefined : iso(lastGoodUntil),
      };
      return logger.error({ source, ...describeFailure(failure), ...times }, 'credential not fetched');
    }
    case 'namespace-synced': {
      const { namespace, cause, writes, attached, seconds } = happening;
      return logger.debug({ namespace, cause, writes, attached, seconds }, 'namespace synced');
    }
    case 'secret-left-alone': {
      const { namespace, secret, takeOver } = happening;
      return logger.warn(
        { namespace, secret, hint: takeOver },
        'a Secret of our name belongs to somebody else and was left alone',
      );
    }
    case 'namespace-blocked':
      return logger.error(
        { namespace: happening.namespace, ...describeFailure(happening.failure) },
        'namespace not served as configured',
      );
    case 'namespace-recovered':
      return logger.info({ namespace: happening.namespace }, 'namespace served as configured again');
    case 'secret-made-anew': {
      const { namespace, secret, problem } = happening;
      return logger.warn(
        { namespace, secret, problem },
        'a Secret of ours could not be changed in place: deleted and made anew',
      );
    }
    case 'fight-recognised':
      return logger.error(
        { namespace: happening.namespace, object: happening.object },
        'somebody keeps undoing our change: from now on it is made once a minute; find out who, or exclude the object',
      );
    case 'fight-ended':
      return logger.info(
        { namespace: happening.namespace, object: happening.object },
        'nobody undoes our change any more',
      );
    case 'pod-evicted': {
      const { namespace, pod, controller, image, secrets } = happening;
      return logger.info(
        { namespace, pod, controller, image, secrets },
        'pod evicted: it could not pull, and was admitted before its account had the reference',
      );
    }
    case 'pod-not-evicted': {
      const { namespace, pod, failure, gaveUp } = happening;
      return logger.warn(
        { namespace, pod, ...describeFailure(failure) },
        gaveUp ? 'pod not evicted; it is left to its controller' : 'pod not evicted yet; it is tried again',
      );
    }
    case 'write-conflicted':
      return logger.debug(
        { namespace: happening.namespace, action: happening.action },
        'somebody else was faster; read and planned again',
      );
    case 'message-failed': {
      const { message, key, failure, retryInSeconds } = happening;
      return logger.warn({ message, key, ...describeFailure(failure), retryInSeconds }, 'message failed');
    }
    case 'message-rejected':
      return logger.error(
        { message: happening.message, problem: happening.problem },
        'message dropped: it does not fit the catalog',
      );
    case 'message-handled':
      return logger.debug(
        { message: happening.message, queue: happening.queue, seconds: happening.seconds },
        'message handled',
      );
    case 'credential-restored': {
      const { source, expiresAt, from } = happening;
      return logger.info({ source, expiresAt: iso(expiresAt), from }, 'credential taken back from a Secret of ours');
    }
    case 'hosts-refused':
      return logger.error({ hosts: happening.hosts }, refusedHostsSentence);
    case 'seal-key-missing':
      return logger.warn(
        happening.hasPassword
          ? 'no --seal-key-file: credentials in Redis are sealed with a key made from the Redis password; give every process one key file'
          : 'neither --seal-key-file nor a Redis password: whoever reaches this Redis can read the credentials in it; give every process one key file',
      );
    case 'admission-registered': {
      const { mode, because } = happening;
      return because === undefined || mode === 'off'
        ? logger.info({ mode }, 'admission')
        : logger.info({ mode, because }, 'admission: a webhook is used, not a policy');
    }
    case 'admission-object-written': {
      const { object, name, action } = happening;
      return logger.info({ object, name, action }, 'admission object written');
    }
    case 'admission-waiting':
      return logger.warn(describeFailure(happening.failure), 'the webhook is not registered yet');
    case 'webhook-certificate-changed': {
      const { action, expiresAt } = happening;
      return logger.info({ action, expiresAt: iso(expiresAt) }, 'certificate of the webhook changed');
    }
    case 'webhook-listening': {
      const { address, expiresAt } = happening;
      return logger.info({ webhook: address, expiresAt: iso(expiresAt) }, 'webhook listens');
    }
    case 'webhook-stopped':
      return logger.info({}, 'webhook stopped');
    case 'events-not-counted':
      return logger.warn(
        describeFailure(happening.failure),
        'Events do not say how often something happened: grant patch on events of events.k8s.io',
      );
    case 'store-lost':
      return logger.error({ problem: happening.problem }, 'connection lost');
    case 'store-restored':
      return logger.info({}, 'connection restored');
    case 'traces-lost':
      return logger.warn(
        { problem: happening.problem },
        'the collector takes no traces; they are dropped until it does',
      );
    case 'traces-restored':
      return logger.info({}, 'the collector takes traces again');
  }
}

function measure(happening: Happening, metrics: Metrics, trace: { readonly trace_id?: string }): void {
  switch (happening.kind) {
    case 'configuration-accepted':
      metrics.set('acr_helper_configuration_valid', {}, 1);
      metrics.set('acr_helper_configuration_held_back', {}, 0);
      if (happening.changed) metrics.set('acr_helper_configuration_change_timestamp_seconds', {}, Date.now() / 1000);
      return;
    case 'configuration-refused':
    case 'configuration-held-back':
    case 'configuration-missing':
      metrics.set('acr_helper_configuration_valid', {}, 0);
      return metrics.set(
        'acr_helper_configuration_held_back',
        {},
        happening.kind === 'configuration-held-back' ? 1 : 0,
      );
    case 'credential-stored':
      return metrics.count('acr_helper_credential_fetches_total', { outcome: 'stored' });
    case 'credential-failed':
      return metrics.count('acr_helper_credential_fetches_total', { outcome: 'failed' });
    case 'watch-interrupted':
    case 'watch-recovered':
      return metrics.set(
        'acr_helper_watch_interrupted',
        { watch: happening.watch },
        happening.kind === 'watch-interrupted' ? 1 : 0,
      );
    case 'store-lost':
    case 'store-restored':
      return metrics.set('acr_helper_store_connected', {}, happening.kind === 'store-lost' ? 0 : 1);
    case 'watch-listed':
      return metrics.count('acr_helper_watch_lists_total', { watch: happening.watch });
    case 'namespace-synced':
      for (const action of happening.writes) metrics.count('acr_helper_writes_total', { action });
      for (const seconds of happening.accountReadySeconds)
        metrics.observe('acr_helper_service_account_ready_seconds', seconds, {
          namespace: happening.namespace,
          ...trace,
        });
      if (happening.namespaceReadySeconds !== undefined)
        metrics.observe('acr_helper_namespace_ready_seconds', happening.namespaceReadySeconds, {
          namespace: happening.namespace,
          ...trace,
        });
      if (happening.sweepCorrections > 0)
        metrics.count('acr_helper_sweep_corrections_total', {}, happening.sweepCorrections);
      return;
    case 'fight-recognised':
      return metrics.count('acr_helper_fights_total', {});
    case 'message-handled':
      metrics.count('acr_helper_messages_total', { message: happening.message, outcome: 'done' });
      return metrics.count('acr_helper_message_seconds_total', { message: happening.message }, happening.seconds);
    case 'pod-evicted':
      return metrics.count('acr_helper_pods_repaired_total', { outcome: 'evicted' });
    case 'pod-not-evicted':
      return metrics.count('acr_helper_pods_repaired_total', { outcome: happening.gaveUp ? 'given-up' : 'postponed' });
    case 'write-conflicted':
      return metrics.count('acr_helper_conflicts_total', { action: happening.action });
    case 'admission-object-written':
      return metrics.count('acr_helper_admission_writes_total', { object: happening.object, action: happening.action });
    case 'webhook-listening':
      return metrics.set('acr_helper_webhook_certificate_expiration_timestamp_seconds', {}, happening.expiresAt / 1000);
    case 'admission-registered':
    case 'admission-waiting':
    case 'webhook-certificate-changed':
    case 'webhook-stopped':
    case 'events-not-counted':
    case 'region-unknown':
    case 'cluster-observed':
    case 'cluster-restored':
    case 'secret-left-alone':
    case 'namespace-blocked':
    case 'namespace-recovered':
    case 'secret-made-anew':
    case 'fight-ended':
    case 'message-failed':
    case 'message-rejected':
    case 'configuration-seen':
    case 'hosts-refused':
    case 'seal-key-missing':
    case 'credential-restored':
    case 'traces-lost':
    case 'traces-restored':
      return;
  }
}

function stays(what: string, keepsLastGood: boolean): string {
  return keepsLastGood ? `${what}: the last good configuration stays in force` : `${what}: waiting for a good one`;
}

const refusedHostsSentence =
  'domains that are neither Alibaba Cloud’s nor among those of the instance get no token: correct domains, or allow them with --allowed-host';

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
