import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Failure } from '../../common/domain/failure.ts';
import { pullSecretNames, readReview, renderAnswer } from './admission-review.ts';

function reviewText(parts: Record<string, unknown> = {}, request: Record<string, unknown> = {}): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u1',
      kind: { group: '', version: 'v1', kind: 'ServiceAccount' },
      operation: 'CREATE',
      namespace: 'shop',
      object: {},
      ...request,
    },
    ...parts,
  });
}

function refusal(body: string): string {
  try {
    readReview(body);
  } catch (error) {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, 'review-invalid');
    return error.message;
  }
  return assert.fail('it was read');
}

describe('readReview', () => {
  it('says of a v1beta1 review which version is answered', () => {
    assert.match(
      refusal(reviewText({ apiVersion: 'admission.k8s.io/v1beta1' })),
      /"admission\.k8s\.io\/v1beta1".*admission\.k8s\.io\/v1 is the only one/,
    );
  });

  it('says of anything else what is wrong with it', () => {
    assert.match(refusal('{'), /not JSON/);
    assert.match(refusal('[]'), /not an object/);
    assert.match(refusal('{"kind":"Pod"}'), /the kind is "Pod"/);
    assert.match(refusal(reviewText({ request: undefined })), /no request/);
    assert.match(refusal(reviewText({}, { uid: 7 })), /no uid/);
    assert.match(refusal(reviewText({}, { kind: 'Pod' })), /no kind/);
  });

  it('throws nothing but review-invalid, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((text) => reviewText({}, { object: JSON.parse(text) as unknown })),
        ),
        (body) => {
          try {
            readReview(body);
          } catch (error) {
            assert.ok(error instanceof Failure && error.code === 'review-invalid');
          }
        },
      ),
    );
  });

  it('takes a kind of another group for one that is of no concern', () => {
    assert.equal(
      readReview(reviewText({}, { kind: { group: 'example.com', version: 'v1', kind: 'ServiceAccount' } })).kind,
      'other',
    );
  });
});

describe('renderAnswer', () => {
  it('answers by the uid of the request', () => {
    const patch = [{ op: 'add', path: '/imagePullSecrets', value: [] }] as const;
    const { response } = JSON.parse(renderAnswer({ uid: 'u1' }, { kind: 'patched', patch })) as {
      response: Record<string, string>;
    };
    assert.equal(response['uid'], 'u1');
    assert.deepEqual(JSON.parse(Buffer.from(response['patch'] ?? '', 'base64').toString('utf8')), patch);
  });
});

describe('pullSecretNames', () => {
  it('reads any list without stumbling', () => {
    assert.deepEqual(pullSecretNames([{ name: 'a' }, {}, null, 'b']), ['a', '', '', '']);
    assert.deepEqual(pullSecretNames('a'), []);
  });
});
