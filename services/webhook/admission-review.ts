import { Failure } from '../../common/domain/failure.ts';

/**
 * A request of the API server, as far as it is looked at. Source: `AdmissionReview` of admission.k8s.io/v1, Kubernetes documentation,
 * "Dynamic Admission Control".
 */
export type Review = {
  readonly uid: string;
  /** `ServiceAccount`, `Pod`, `ConfigMap`; whatever else is of no concern to us. */
  readonly kind: string;
  readonly operation: string;
  readonly namespace: string;
  readonly object: ReviewedObject;
};

export type ReviewedObject = {
  readonly metadata?: ReviewedMetadata | undefined;
  /** Of a ServiceAccount. */
  readonly imagePullSecrets?: unknown;
  readonly spec?: { readonly serviceAccountName?: unknown; readonly imagePullSecrets?: unknown } | undefined;
  /** Of a ConfigMap. */
  readonly data?: unknown;
  readonly binaryData?: unknown;
};

export type ReviewedMetadata = {
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
};

/** What the API server is answered. */
export type Verdict =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'patched'; readonly patch: readonly PatchOperation[] }
  /** `message` is shown to whoever sent the object. */
  | { readonly kind: 'refused'; readonly message: string };

export type PatchOperation = { readonly op: 'add'; readonly path: string; readonly value: unknown };

/** Reads a review. Throws `review-invalid` with what is wrong with it. */
export function readReview(body: string): Review {
  const review = parse(body);
  const { apiVersion, kind, request } = review;
  if (kind !== 'AdmissionReview') throw invalid(`the kind is ${shown(kind)}, and AdmissionReview is expected`);
  if (apiVersion !== 'admission.k8s.io/v1')
    throw invalid(`the version is ${shown(apiVersion)}, and admission.k8s.io/v1 is the only one that is answered`);
  if (!isMap(request)) throw invalid('it holds no request');
  const { uid, operation, namespace, object } = request;
  const requested = request['kind'];
  if (typeof uid !== 'string' || uid === '' || uid.length > 256) throw invalid('the request has no uid');
  if (!isMap(requested) || typeof requested['kind'] !== 'string') throw invalid('the request has no kind');
  return {
    uid,
    kind: requested['group'] === '' || requested['group'] === undefined ? requested['kind'] : 'other',
    operation: typeof operation === 'string' ? operation : '',
    namespace: typeof namespace === 'string' ? namespace : '',
    object: isMap(object) ? object : {},
  };
}

/** The text of the answer. */
export function renderAnswer({ uid }: Pick<Review, 'uid'>, verdict: Verdict): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, ...responseOf(verdict) },
  });
}

/** Names of an `imagePullSecrets` list, in order; what has no name has an empty one. */
export function pullSecretNames(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.map((reference: unknown) =>
    isMap(reference) && typeof reference['name'] === 'string' ? reference['name'] : '',
  );
}

/** Strings by name; what is no string is left out. */
export function texts(value: unknown): Readonly<Record<string, string>> {
  if (!isMap(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function responseOf(verdict: Verdict): Readonly<Record<string, unknown>> {
  switch (verdict.kind) {
    case 'unchanged':
      return { allowed: true };
    case 'patched':
      return {
        allowed: true,
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(verdict.patch), 'utf8').toString('base64'),
      };
    case 'refused':
      // Of a 422 `kubectl edit` would show no more than that it is one.
      return { allowed: false, status: { status: 'Failure', code: 403, message: verdict.message } };
  }
}

function parse(body: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw invalid('it is not JSON');
  }
  if (!isMap(parsed)) throw invalid('it is not an object');
  return parsed;
}

function invalid(problem: string): Failure {
  return new Failure('review-invalid', `this is not a review that can be answered: ${problem}`);
}

/** What came over the network, short and on one line. */
function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : 'not a text';
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
