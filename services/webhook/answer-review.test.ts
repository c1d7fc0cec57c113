import assert from 'node:assert/strict';
import { configuration, namespace, now } from '../../tests/fixtures/values.ts';
import { referenceRules, type AdmissionRules } from '../../common/domain/admission/reference-rules.ts';
import { recordsFor } from '../../common/domain/admission/testing/arbitraries.ts';
import { Failure } from '../../common/domain/failure.ts';
import { answerReviews } from './answer-review.ts';

const wanted = configuration();
const inForce = { configuration: wanted, localRegion: 'cn-hangzhou' };
const acrRules = referenceRules({ inForce, records: recordsFor(wanted, now), secretName: 'acr', allowedHosts: [] });

describe('answerReviews', () => {
  let rules: AdmissionRules | undefined;
  let counted: string[];
  let answer: (path: string, body: string) => Promise<string | undefined>;

  beforeEach(() => {
    rules = acrRules;
    counted = [];
    answer = answerReviews({
      rules: () => rules,
      namespaces: {
        find: (name) => (name === 'unknown' ? undefined : namespace({ name, ignored: name === 'opted-out' })),
      },
      ownNamespace: 'acr-system',
      judgeConfiguration: () => Promise.resolve({ kind: 'refused', message: 'no' }),
      metrics: { count: (_name, labels) => counted.push(Object.values(labels).join(' ')) },
    });
  });

  async function patchFor(
    path: string,
    kind: string,
    object: unknown,
    ask: { namespace?: string; operation?: string } = {},
  ): Promise<unknown> {
    const request = { uid: 'u', kind: { group: '', kind }, operation: 'CREATE', namespace: 'shop', object, ...ask };
    const text = await answer(
      path,
      JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }),
    );
    const { response } = JSON.parse(text ?? '') as {
      response: { uid: string; allowed: boolean; patch?: string; status?: { message: string } };
    };
    assert.equal(response.uid, 'u');
    if (!response.allowed) return response.status?.message;
    return response.patch === undefined
      ? 'unchanged'
      : (JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8')) as unknown);
  }

  it('adds the reference to an account, as a list or behind what is there', async () => {
    assert.deepEqual(await patchFor('/accounts', 'ServiceAccount', { metadata: { name: 'web' } }), [
      { op: 'add', path: '/imagePullSecrets', value: [{ name: 'acr' }] },
    ]);
    assert.deepEqual(
      await patchFor('/accounts', 'ServiceAccount', {
        metadata: { name: 'web' },
        imagePullSecrets: [{ name: 'mine' }],
      }),
      [{ op: 'add', path: '/imagePullSecrets/-', value: { name: 'acr' } }],
    );
  });

  it('adds the reference to the list that a pod brings', async () => {
    assert.deepEqual(
      await patchFor('/pods', 'Pod', { spec: { serviceAccountName: 'web', imagePullSecrets: [{ name: 'mine' }] } }),
      [{ op: 'add', path: '/spec/imagePullSecrets/-', value: { name: 'acr' } }],
    );
  });

  it('leaves system namespaces, opted-out namespaces, other operations and other kinds alone', async () => {
    const web = { metadata: { name: 'web' } };
    for (const ask of [
      { namespace: 'kube-system' },
      { namespace: 'acr-system' },
      { namespace: 'opted-out' },
      { operation: 'UPDATE' },
    ])
      assert.equal(await patchFor('/accounts', 'ServiceAccount', web, ask), 'unchanged');
    assert.equal(await patchFor('/accounts', 'Widget', web), 'unchanged');
    assert.equal(await patchFor('/configuration', 'Secret', web), 'unchanged');
  });

  it('serves a namespace that it has not seen yet', async () => {
    assert.notEqual(
      await patchFor('/accounts', 'ServiceAccount', { metadata: { name: 'web' } }, { namespace: 'unknown' }),
      'unchanged',
    );
  });

  it('allows everything while no configuration is in force, and counts that', async () => {
    rules = undefined;
    assert.equal(await patchFor('/accounts', 'ServiceAccount', { metadata: { name: 'web' } }), 'unchanged');
    assert.deepEqual(counted, ['account not-ready']);
  });

  it('refuses the edit of a ConfigMap with the reason', async () => {
    assert.equal(await patchFor('/configuration', 'ConfigMap', { metadata: { name: 'acr-configuration' } }), 'no');
  });

  it('knows no other path, and counts what is no review', async () => {
    assert.equal(await answer('/elsewhere', '{}'), undefined);
    await assert.rejects(
      answer('/accounts', '{}'),
      (error) => error instanceof Failure && error.code === 'review-invalid',
    );
    assert.deepEqual(counted, ['account invalid']);
  });
});
