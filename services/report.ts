import type { Happening, Report } from '../common/domain/happening.ts';
import { describeFailure, type Logger } from '../common/runtime/logger.ts';
import type { Metrics } from '../common/runtime/metrics.ts';

/** Makes log lines and metrics of what happens, and tells further listeners. */
export function createReport(logger: Logger, metrics: Metrics, listeners: ReadonlySet<Report>): Report {
  return (happening) => {
    log(happening, logger);
    measure(happening, metrics);
    for (const listener of listeners) listener(happening);
  };
}

function log(happening: Happening, logger: Logger): void {
  switch (happening.kind) {
    case 'configuration-seen':
      return logger.debug({ uid: happening.uid }, 'ConfigMap seen');
    case 'configuration-accepted':
      logger.info({ registries: happening.registries }, 'configuration accepted');
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
      const { hash, attached, detached } = happening;
      return logger.warn(
        { hash, attached, detached },
        'configuration held back: it detaches too much; confirm it by the annotation acr-credential-helper/confirm',
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
    case 'secret-left-alone':
      return logger.warn(happening, 'a Secret of our name belongs to somebody else and was left alone');
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
        'no --seal-key-file: credentials in Redis are sealed with a key made from the Redis password; give every process one key file',
      );
    case 'store-lost':
      return logger.error({ problem: happening.problem }, 'connection lost');
    case 'store-restored':
      return logger.info({}, 'connection restored');
  }
}

function measure(happening: Happening, metrics: Metrics): void {
  switch (happening.kind) {
    case 'configuration-accepted':
      return metrics.set('acr_helper_configuration_valid', {}, 1);
    case 'configuration-refused':
    case 'configuration-held-back':
    case 'configuration-missing':
      return metrics.set('acr_helper_configuration_valid', {}, 0);
    case 'watch-listed':
      return metrics.count('acr_helper_watch_lists_total', { watch: happening.watch });
    case 'namespace-synced':
      for (const action of happening.writes) metrics.count('acr_helper_writes_total', { action });
      return;
    case 'message-handled':
      return metrics.count('acr_helper_messages_total', { message: happening.message, outcome: 'done' });
    case 'write-conflicted':
      return metrics.count('acr_helper_conflicts_total', { action: happening.action });
    case 'region-unknown':
    case 'cluster-observed':
    case 'watch-interrupted':
    case 'credential-stored':
    case 'credential-failed':
    case 'secret-left-alone':
    case 'watch-recovered':
    case 'message-failed':
    case 'message-rejected':
    case 'configuration-seen':
    case 'hosts-refused':
    case 'seal-key-missing':
    case 'credential-restored':
    case 'store-lost':
    case 'store-restored':
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
