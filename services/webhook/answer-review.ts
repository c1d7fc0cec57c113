import { decideAccount, decidePod, type AdmissionNamespace } from '../../common/domain/admission/decide-admission.ts';
import type { AdmissionRules } from '../../common/domain/admission/reference-rules.ts';
import { exemptNamespaces, webhookPaths } from '../../common/domain/admission/webhook-configurations.ts';
import type { Metrics } from '../../common/runtime/metrics.ts';
import {
  pullSecretNames,
  readReview,
  renderAnswer,
  type PatchOperation,
  type Review,
  type ReviewedMetadata,
  type Verdict,
} from './admission-review.ts';
import type { KnownNamespaces } from './follow-namespaces.ts';

export type AnswerTools = {
  /** Absent while no configuration is in force. */
  readonly rules: () => AdmissionRules | undefined;
  readonly namespaces: Pick<KnownNamespaces, 'find'>;
  /** Of the helper. */
  readonly ownNamespace: string;
  readonly judgeConfiguration: (review: Review) => Promise<Verdict>;
  readonly metrics: Pick<Metrics, 'count'>;
};

/**
 * Answers reviews of new accounts and pods from memory, and those of the ConfigMap after a look into the stores. Whatever is not
 * understood, or of a kind that is of no concern here, is allowed as it is. Nothing is kept of a review: a dry run is like any other.
 */
export function answerReviews(tools: AnswerTools): (path: string, body: string) => Promise<string | undefined> {
  return async (path, body) => {
    const kind = kindOf(path);
    if (kind === undefined) return undefined;
    try {
      const review = readReview(body);
      const verdict = await judge(review, kind, tools);
      tools.metrics.count('acr_helper_admission_reviews_total', { kind, outcome: verdict?.kind ?? 'not-ready' });
      return renderAnswer(review, verdict ?? { kind: 'unchanged' });
    } catch (error) {
      tools.metrics.count('acr_helper_admission_reviews_total', { kind, outcome: 'invalid' });
      throw error;
    }
  };
}

type Kind = 'account' | 'pod' | 'configuration';

function kindOf(path: string): Kind | undefined {
  switch (path) {
    case webhookPaths.accounts:
      return 'account';
    case webhookPaths.pods:
      return 'pod';
    case webhookPaths.configuration:
      return 'configuration';
    default:
      return undefined;
  }
}

const reviewedKinds = { account: 'ServiceAccount', pod: 'Pod', configuration: 'ConfigMap' } as const;

/** Absent: there are no rules to judge by yet. */
async function judge(review: Review, kind: Kind, tools: AnswerTools): Promise<Verdict | undefined> {
  if (review.kind !== reviewedKinds[kind]) return unchanged;
  if (kind === 'configuration') return tools.judgeConfiguration(review);
  if (review.operation !== 'CREATE' || exemptNamespaces(tools.ownNamespace).includes(review.namespace))
    return unchanged;
  const rules = tools.rules();
  if (rules === undefined) return undefined;
  // An unknown one was made this very moment: what is not selected by its labels is kept away by the API server.
  const namespace = (await tools.namespaces.find(review.namespace)) ?? unknownNamespace(review.namespace);
  return kind === 'account' ? judgeAccount(review, namespace, rules) : judgePod(review, namespace, rules);
}

const unchanged: Verdict = { kind: 'unchanged' };

function unknownNamespace(name: string): AdmissionNamespace {
  return { name, labels: {}, ignored: false };
}

function judgeAccount({ object }: Review, namespace: AdmissionNamespace, rules: AdmissionRules): Verdict {
  const { metadata, imagePullSecrets } = object;
  const account = {
    // A name that the API server is still to make up begins like this.
    name: metadata?.name ?? metadata?.generateName ?? '',
    labels: metadata?.labels ?? {},
    ignored: isIgnored(metadata),
    pullSecrets: pullSecretNames(imagePullSecrets),
  };
  return patched('/imagePullSecrets', imagePullSecrets, decideAccount(rules, namespace, account));
}

function judgePod({ object }: Review, namespace: AdmissionNamespace, rules: AdmissionRules): Verdict {
  const { metadata, spec } = object;
  const account = typeof spec?.serviceAccountName === 'string' ? spec.serviceAccountName : 'default';
  const pullSecrets = pullSecretNames(spec?.imagePullSecrets);
  const names = decidePod(rules, namespace, { account, ignored: isIgnored(metadata), pullSecrets });
  return patched('/spec/imagePullSecrets', spec?.imagePullSecrets, names);
}

function isIgnored(metadata: ReviewedMetadata | undefined): boolean {
  return metadata?.annotations?.['acr-credential-helper/ignore'] === 'true';
}

/** `-` appends to a list; it cannot make one. */
function patched(path: string, list: unknown, names: readonly string[]): Verdict {
  if (names.length === 0) return unchanged;
  const references = names.map((name) => ({ name }));
  const patch: readonly PatchOperation[] = Array.isArray(list)
    ? references.map((value) => ({ op: 'add', path: `${path}/-`, value }))
    : [{ op: 'add', path, value: references }];
  return { kind: 'patched', patch };
}
