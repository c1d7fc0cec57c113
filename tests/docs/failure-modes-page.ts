import { failureCatalog } from '../../common/domain/failure-catalog.ts';
import { renderAlertAdvice } from './alert-advice.ts';

const reactions = {
  retry: 'The program tries again by itself, soon, with growing pauses.',
  'read-again': 'The program reads what is there now and plans again, at once.',
  'retry-slowly': 'Only a person can mend it. The program looks again every few minutes.',
  'give-up': 'The program stops trying: the same input would give the same answer.',
} as const;

/** `docs/failure-modes.md`. */
export function renderFailureModesPage(): string {
  const sections = Object.entries(failureCatalog).map(
    ([code, { reaction, hint }]) => `## ${code}\n\n${reactions[reaction]}\n\n**What to do:** ${hint}.\n`,
  );
  return `# Failure modes

Every failure has a code, which stands in log lines and error messages. What was written before stays in force during any of
them: a credential stays in its Secrets until its own expiry, and a configuration until a better one.

${sections.join('\n')}
${admissionFaults}
${renderAlertAdvice()}`;
}

/** What happens to accounts, pods and edits when something about their admission is wrong. */
const admissionFaults = `## When admission fails

Whoever is not served at admission is served from the watch event a moment later, unless the creation itself was refused.

| what happens | what becomes of new accounts and pods | what to do |
| --- | --- | --- |
| the helper is down, with a policy | they are born with the reference all the same | nothing is urgent |
| the helper is down, with the webhook and \`failure-policy: Ignore\` | they are created without the reference, and served when it is back | bring it back |
| the helper is down, with the webhook and \`failure-policy: Fail\` | their creation is refused, but for \`kube-system\` and the helper's own namespace, so that it can come back | bring it back, or delete the MutatingWebhookConfiguration \`acr-credential-helper\` |
| the webhook does not answer at its first start | it is not registered before it does (\`webhook-unreachable\`) | look at Service and NetworkPolicy: the writer must reach it as the API server does |
| a policy or webhook configuration was deleted or edited | it comes back within a minute | switch \`webhook-configuration\` off to have it gone for good |
| the configuration makes a policy that is too large, or that the API server refuses | the webhook serves in its place, and the log says why | fewer names, or globs instead of them |
| the Secret \`acr-credential-helper-webhook-certificate\` was deleted or broken | replicas serve on by what they have; another is made within a minute, and trusted before it is served. A replica that starts in between waits for it | nothing |
| a replica of the webhook is stopped, or restarted | it answers for five seconds more, until every node sends its Service's connections elsewhere | keep two replicas |
| the certificate of the webhook has expired | as if it were down; a new one is made within a minute | nothing; with \`--webhook-cert-dir\` look at whoever keeps it |
| the cluster becomes 1.36 | the policy takes over, the webhook goes ten seconds later | nothing |
| a review is malformed, of another version (\`v1beta1\`) or content type, or larger than 3 MiB | 400, 415 or 413 with the reason: to the API server the webhook failed, and \`failure-policy\` decides | \`review-invalid\`: who calls it? |
| a review is of a kind that is of no concern | it is allowed as it is | nothing |
| a client sends too slowly, or speaks TLS before 1.2 | its connection ends; others are not held up | nothing |
| an edit of the ConfigMap comes while the guard is down | it is taken, and judged by the watcher: refused with an Event, the last good configuration stays | nothing |
`;
