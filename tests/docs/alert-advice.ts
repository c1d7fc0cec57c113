/**
 * EVERY alert of deploy/prometheus/alert-rules.yaml: what it means, and what to check first. `docs/failure-modes.md` has a heading for
 * each, to which the alert leads.
 */
export const alertAdvice: Readonly<Record<string, { readonly means: string; readonly check: readonly string[] }>> = {
  AcrHelperCredentialExpiring: {
    means:
      'A login expires within five minutes, or has expired, and its renewal did not happen. New pods of that registry cannot pull from then on; running pods go on.',
    check: [
      '`acr_helper_credential_failures` has the code of the last failure: read its heading on this page',
      'no failure: does a process with the role fetcher run, and is it ready? See [AcrHelperPoolBlocked](#acrhelperpoolblocked) and [AcrHelperBacklogOld](#acrhelperbacklogold)',
      '`acr-credential-helper explain NAMESPACE` says the reason and when it is tried next',
    ],
  },
  AcrHelperCredentialNotRenewed: {
    means: 'A renewal is some minutes late. Pods still pull with the login of before.',
    check: ['the same as for [AcrHelperCredentialExpiring](#acrhelpercredentialexpiring), while there is time'],
  },
  AcrHelperCredentialMissing: {
    means: 'Some registries of the configuration never gave a login: nobody pulls from them by the helper.',
    check: [
      'the Events of the ConfigMap (`kubectl -n kube-system describe configmap acr-configuration`) name the registry and the reason',
      'permissions, names and regions of the entry: `acr-credential-helper doctor`',
    ],
  },
  AcrHelperNamespacesUnserved: {
    means:
      'Selected namespaces are not as configured for five minutes. The label `state` says why: `secret-of-another` (somebody else has a Secret of our name), `no-credential` (a registry of them gave no login), `secret-missing`, `account-unattached`, `secret-outdated` (it could not be written).',
    check: [
      '`acr-credential-helper status` names the namespaces, and their Events the reason',
      '`secret-of-another`: `take-over: "true"` adopts the Secret, `--secret-name` chooses another name',
      'the others: look for failed writes in the log of the writer, such as `kubernetes-forbidden`',
    ],
  },
  AcrHelperBacklogOld: {
    means: 'Messages wait for more than a minute: there is more work than is done, or nobody does it.',
    check: [
      'does a process of the role run that handles the queue (docs/messages.md), and is it ready?',
      '`acr_helper_messages_total{outcome="failed"}`: work that fails comes back later and grows old',
      '`acr_helper_kubernetes_requests_waiting` and `_limit`: the API server asks us to slow down; raise `--kube-concurrency`, or add writers',
    ],
  },
  AcrHelperWatchDead: {
    means: 'Changes in the cluster are not seen: new namespaces and accounts are not served, or late by the sweep.',
    check: [
      'can the watcher reach the API server? Its log says why the watch was interrupted',
      'the right to list and watch the resource: `acr-credential-helper doctor`',
      'a process that hangs turns `/healthz` red after ten minutes and is restarted',
    ],
  },
  AcrHelperFight: {
    means: 'Another controller keeps undoing what the helper writes. Each such object is corrected once a minute only.',
    check: [
      'the Events of the namespaces name the object; `kubectl get -o yaml --show-managed-fields` says who changes it',
      'two helpers with different configurations, or the component that this one replaced, are the usual cause',
    ],
  },
  AcrHelperConfigurationInvalid: {
    means: 'The ConfigMap has errors, or is gone. The last good configuration stays in force.',
    check: [
      'the Events of the ConfigMap name every error with its line',
      '`acr-credential-helper check FILE` says the same before you apply it',
    ],
  },
  AcrHelperConfigurationHeldBack: {
    means: 'An edit would take logins away from more than half of those who pull today. It waits for a person.',
    check: [
      'is it meant? Then confirm it by the annotation that the Event of the ConfigMap names',
      'otherwise undo the edit: nothing has happened yet',
    ],
  },
  AcrHelperPoolBlocked: {
    means:
      'Alibaba Cloud throttles the account in that region, or does not answer, so that nothing is fetched most of the time. Logins that are written stay good until they expire.',
    check: [
      '`acr_helper_cloud_requests_total` by `code`: who else calls the API with that account?',
      'breaker-open: can the fetcher reach the endpoint? `acr-credential-helper doctor` measures it',
    ],
  },
  AcrHelperStoreLost: {
    means: 'A process cannot reach Redis: nothing is renewed and no new namespace is served by it.',
    check: ['does Redis run, with the policy `noeviction`? See [redis-unreachable](#redis-unreachable)'],
  },
  AcrHelperAbsent: {
    means: 'Prometheus sees no process of the helper.',
    check: [
      '`kubectl get pods` and `describe` in the namespace of the helper',
      'the ServiceMonitor or scrape configuration, and the NetworkPolicy',
    ],
  },
  AcrHelperRoleAbsent: {
    means:
      'Prometheus sees processes of the helper, and none with the role of the label `name`. Without watchers changes in the cluster are not seen, without fetchers logins expire, without writers nothing is written; and nobody else can tell.',
    check: [
      '`kubectl get pods` and `describe` of the Deployment of that role',
      'the ServiceMonitor or scrape configuration, if the pods run and are ready: each role has to be scraped',
    ],
  },
  AcrHelperAccountsLateFast: {
    means:
      'More than 7 % of the last hour’s new ServiceAccounts, and ten at least, waited longer than a second for their reference (objective: 99.5 % within a second). Pods that start at once may fail to pull, and are tried again by the kubelet.',
    check: [
      'see [AcrHelperBacklogOld](#acrhelperbacklogold), [AcrHelperNamespacesUnserved](#acrhelpernamespacesunserved) and the latency panels of the dashboard "Queues and workers"',
      'admission (`webhook-configuration`) has accounts born with their reference',
    ],
  },
  AcrHelperAccountsLateSlow: {
    means: 'The same for more than 3 %, and ten at least, over six hours.',
    check: ['the same as for [AcrHelperAccountsLateFast](#acrhelperaccountslatefast), without haste'],
  },
};

/** The part of `docs/failure-modes.md` that alerts lead to. */
export function renderAlertAdvice(): string {
  const sections = Object.entries(alertAdvice).map(
    ([alert, { means, check }]) => `### ${alert}\n\n${means}\n\n${check.map((line) => `- ${line}`).join('\n')}\n`,
  );
  return `## Alerts

The rules are in \`deploy/prometheus/\`, and the chart installs them (\`monitoring.prometheusRule.enabled\`). Tried with Prometheus 2.42 and 3.16,
scraping every 15 s: each alert fires within its time when what it is about goes wrong, and none for a helper that is well. They take
everything that a Prometheus scrapes for one helper: where one Prometheus scrapes several clusters, those would hide each other.

${sections.join('\n')}`;
}
