import assert from 'node:assert/strict';
import fc from 'fast-check';
import { admissionKinds } from '../../common/domain/admission/admission-objects.ts';
import type { AdmissionNamespace } from '../../common/domain/admission/decide-admission.ts';
import { mutatingPolicies } from '../../common/domain/admission/mutating-policy.ts';
import { referenceRules, type AdmissionRules } from '../../common/domain/admission/reference-rules.ts';
import {
  accountState,
  configurations,
  namespaceNames,
  namespaceState,
  recordsFor,
} from '../../common/domain/admission/testing/arbitraries.ts';
import { answerReviews } from '../../services/webhook/answer-review.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

/**
 * The API server's policy and the webhook are compared here; the webhook's decision and the planner in
 * `common/domain/admission/decide-admission.test.ts`. Every random configuration has a policy of its own and Secrets of its own
 * names, so that all of them work side by side on one API server.
 */
const configurationCount = 25;
const accountCount = 60;
const now = Date.UTC(2026, 0, 2);

type Case = { readonly rules: AdmissionRules; readonly prefix: string; readonly described: string };
type Newcomer = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ignored: boolean;
  readonly pullSecrets: readonly string[];
};

describe('the policy on the API server and the webhook', function () {
  this.timeout(120_000);
  const seed = Date.now();
  const cases = fc
    .sample(configurations('aggregated'), { numRuns: configurationCount, seed })
    .map((configuration, index): Case => {
      const prefix = `case${index}x`;
      const inForce = { configuration, localRegion: 'cn-hangzhou' };
      const records = recordsFor(configuration, now);
      return {
        prefix,
        rules: referenceRules({ inForce, records, secretName: prefix, allowedHosts: [] }),
        described: `seed ${seed}: ${JSON.stringify(configuration)}`,
      };
    });
  const states = fc.sample(namespaceState, { numRuns: namespaceNames.length, seed });
  const namespaces = namespaceNames.map((name, index): AdmissionNamespace => ({
    name,
    labels: {},
    ignored: false,
    ...states[index],
  }));
  const newcomers: readonly Newcomer[] = fc.sample(accountState, { numRuns: accountCount, seed });
  let controlPlane: ControlPlane;

  before(async () => {
    controlPlane = await startControlPlane();
    await Promise.all(namespaces.map(createNamespace));
    await Promise.all(cases.map(register));
  });

  after(() => controlPlane?.stop());

  it('give the same references to the same new accounts', async () => {
    for (const [index, newcomer] of newcomers.entries()) {
      const namespace = namespaces[index % namespaces.length]!;
      const object = accountObject(namespace.name, newcomer);
      const expected = await Promise.all(
        cases.map(({ rules }) => byWebhook('ServiceAccount', '/accounts', namespace, object, rules)),
      );
      await compare(
        `/api/v1/namespaces/${namespace.name}/serviceaccounts`,
        object,
        (answer) => answer['imagePullSecrets'],
        expected,
      );
    }
  });

  it('give the same references to the same new pods', async () => {
    for (const [index, newcomer] of newcomers.slice(0, 20).entries()) {
      const namespace = namespaces[index % namespaces.length]!;
      const object = podObject(namespace.name, newcomer);
      const expected = await Promise.all(cases.map(({ rules }) => byWebhook('Pod', '/pods', namespace, object, rules)));
      const listOf = (answer: Answer): unknown => (answer['spec'] as Answer)['imagePullSecrets'];
      await compare(`/api/v1/namespaces/${namespace.name}/pods`, object, listOf, expected);
    }
  });

  /** A policy works a second or two after it was written: until then the answers differ. */
  async function compare(
    path: string,
    body: unknown,
    listOf: (answer: Answer) => unknown,
    expected: readonly (readonly string[])[],
  ): Promise<void> {
    let differences = '';
    await waitUntil('policies and webhook to agree', 30, async () => {
      const { status, text } = await controlPlane.request({ method: 'POST', path: `${path}?dryRun=All`, body });
      assert.equal(status, 201, text);
      const names = namesIn(listOf(JSON.parse(text) as Answer));
      differences = cases
        .flatMap(({ prefix, described }, index) => {
          const found = names.filter((name) => name.startsWith(prefix));
          const wanted = expected[index]!;
          return found.join() === wanted.join()
            ? []
            : [`policy [${found.join()}] webhook [${wanted.join()}]: ${described}`];
        })
        .join('\n');
      return differences === '' ? true : undefined;
    }).catch((error: unknown) => assert.fail(`${String(error)}\n${JSON.stringify(body)}\n${differences}`));
  }

  async function createNamespace({ name, labels, ignored }: AdmissionNamespace): Promise<void> {
    const metadata = { name, labels, annotations: ignored ? { 'acr-credential-helper/ignore': 'true' } : {} };
    const { status, text } = await controlPlane.request({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { metadata },
    });
    assert.equal(status, 201, text);
  }

  async function register({ rules, prefix, described }: Case): Promise<void> {
    if (!rules.attach || rules.references.length === 0) return;
    for (const { kind, name, content } of mutatingPolicies(rules, true)) {
      const own = `${prefix}-${name}`;
      const { spec } = content as { spec: Record<string, unknown> };
      const body = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind,
        metadata: { name: own },
        spec: 'policyName' in spec ? { policyName: own } : spec,
      };
      const path = `/apis/admissionregistration.k8s.io/v1/${admissionKinds[kind]}`;
      const { status, text } = await controlPlane.request({ method: 'POST', path, body });
      assert.equal(status, 201, `${text}\n${described}`);
    }
  }
});

type Answer = Readonly<Record<string, unknown>>;

function accountObject(namespace: string, { name, labels, ignored, pullSecrets }: Newcomer): Answer {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    // The account `default` is there already.
    metadata: {
      namespace,
      labels,
      annotations: annotationsOf(ignored),
      ...(name === 'default' ? { generateName: name } : { name }),
    },
    ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })) }),
  };
}

function podObject(namespace: string, { ignored, pullSecrets }: Newcomer): Answer {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name: 'pod', annotations: annotationsOf(ignored) },
    spec: {
      serviceAccountName: 'default',
      containers: [{ name: 'main', image: 'nginx' }],
      ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })) }),
    },
  };
}

function annotationsOf(ignored: boolean): Readonly<Record<string, string>> {
  return ignored ? { 'acr-credential-helper/ignore': 'true' } : { other: 'true' };
}

/** Names that the webhook adds. */
async function byWebhook(
  kind: string,
  path: string,
  namespace: AdmissionNamespace,
  object: Answer,
  rules: AdmissionRules,
): Promise<readonly string[]> {
  const answer = answerReviews({
    rules: () => rules,
    namespaces: { find: () => namespace },
    ownNamespace: 'kube-system',
    judgeConfiguration: () => Promise.resolve({ kind: 'unchanged' }),
    metrics: { count: () => undefined },
  });
  const request = {
    uid: 'uid',
    kind: { group: '', version: 'v1', kind },
    operation: 'CREATE',
    namespace: namespace.name,
    object,
  };
  const text = await answer(
    path,
    JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }),
  );
  const { response } = JSON.parse(text ?? '') as { response: { patch?: string } };
  if (response.patch === undefined) return [];
  const operations = JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8')) as { value: unknown }[];
  return operations.flatMap(({ value }) => namesIn(Array.isArray(value) ? value : [value]));
}

function namesIn(list: unknown): readonly string[] {
  return (Array.isArray(list) ? list : []).map((reference: { name: string }) => reference.name);
}
