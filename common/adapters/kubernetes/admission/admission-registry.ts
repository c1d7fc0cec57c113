import {
  admissionKinds,
  type AdmissionKind,
  type AdmissionObjectName,
} from '../../../domain/admission/admission-objects.ts';
import { Failure } from '../../../domain/failure.ts';
import type { AdmissionRegistry } from '../../../ports/admission.ts';
import { fieldManager, managedByLabel, managedByValue } from '../object-names.ts';
import type { ApiClient, ApiRequest } from '../requests/api-client.ts';
import { accepts } from '../requests/api-paths.ts';

/** The port `AdmissionRegistry`: our objects of `admissionregistration.k8s.io/v1`, each by its name. */
export function createAdmissionRegistry(client: Pick<ApiClient, 'request'>): AdmissionRegistry {
  const call = (verb: ApiRequest['verb'], { kind, name }: AdmissionObjectName) => ({
    verb,
    resource: admissionKinds[kind],
    object: name,
    path: `${groupPath}/${admissionKinds[kind]}/${encodeURIComponent(name)}`,
    accept: accepts.full,
  });
  return {
    async capabilities() {
      const answer = await client.request({ ...discovery, path: groupPath }).catch(absentIfNotFound);
      return { kinds: servedKinds(answer) };
    },
    async read(object) {
      const answer = await client.request(call('get', object)).catch(absentIfNotFound);
      return typeof answer === 'object' && answer !== null ? (answer as Readonly<Record<string, unknown>>) : undefined;
    },
    async apply(object) {
      const request = call('apply', object);
      const metadata = { name: object.name, labels: { [managedByLabel]: managedByValue } };
      await client.request({
        ...request,
        path: `${request.path}?fieldManager=${fieldManager}&force=true`,
        contentType: 'application/apply-patch+yaml',
        body: JSON.stringify({
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: object.kind,
          metadata,
          ...object.content,
        }),
      });
    },
    async remove(object) {
      await client.request(call('delete', object)).catch(absentIfNotFound);
    },
  };
}

const groupPath = '/apis/admissionregistration.k8s.io/v1';

const discovery = {
  verb: 'get',
  resource: 'apiresources',
  object: 'admissionregistration.k8s.io/v1',
  accept: accepts.full,
} as const;

function servedKinds(answer: unknown): ReadonlySet<AdmissionKind> {
  const resources =
    (answer as { readonly resources?: readonly { readonly name?: string }[] } | undefined)?.resources ?? [];
  const plurals = new Set(resources.map(({ name }) => name));
  const kinds = Object.keys(admissionKinds) as AdmissionKind[];
  return new Set(kinds.filter((kind) => plurals.has(admissionKinds[kind])));
}

function absentIfNotFound(error: unknown): undefined {
  if (!(error instanceof Failure) || error.code !== 'kubernetes-not-found') throw error;
}
