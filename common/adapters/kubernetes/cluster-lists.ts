import { Failure } from '../../domain/failure.ts';
import type { ClusterLists } from '../../ports/cluster-reader.ts';
import { asList, type KubernetesObject } from './kubernetes-object.ts';
import { managedByLabel, managedByValue } from './object-names.ts';
import type { ApiClient, ApiRequest } from './requests/api-client.ts';
import { accepts } from './requests/api-paths.ts';
import { createProjections } from './watching/projections.ts';

/** The port `ClusterLists`: pages of 500, of which one is in memory at a time. */
export function createClusterLists(client: Pick<ApiClient, 'request'>): ClusterLists {
  const project = createProjections();
  const secrets = (selector: Readonly<Record<string, string>>) =>
    pages(client, { resource: 'secrets', accept: accepts.metadataList }, selector, (object) => project.secret(object));
  return {
    namespaces: () =>
      pages(client, { resource: 'namespaces', accept: accepts.metadataList }, {}, (object) =>
        project.namespace(object),
      ),
    accounts: () =>
      pages(client, { resource: 'serviceaccounts', accept: accepts.full }, {}, (object) => project.account(object)),
    secretsNamed: (name) => secrets({ fieldSelector: `metadata.name=${name}` }),
    secretsLabelled: () => secrets({ labelSelector: `${managedByLabel}=${managedByValue}` }),
  };
}

const pageSize = 500;

/** A snapshot that is gone before its last page (410) is begun anew: what was delivered is delivered again. */
async function* pages<T>(
  client: Pick<ApiClient, 'request'>,
  request: Pick<ApiRequest, 'resource' | 'accept'>,
  selector: Readonly<Record<string, string>>,
  project: (object: KubernetesObject) => T,
): AsyncGenerator<readonly T[], void, undefined> {
  let token = '';
  for (;;) {
    const query = new URLSearchParams({
      limit: String(pageSize),
      ...selector,
      ...(token === '' ? {} : { continue: token }),
    });
    const path = `/api/v1/${request.resource}?${query.toString()}`;
    try {
      const answer = await client.request({ ...request, verb: 'list', object: '', path });
      const page = asList(answer, `the list of ${request.resource}`);
      yield page.items.map(project);
      token = page.metadata.continue ?? '';
      if (token === '') return;
    } catch (error) {
      if (token === '' || !(error instanceof Failure) || error.code !== 'kubernetes-expired') throw error;
      token = '';
    }
  }
}
