import { accepts } from '../requests/api-paths.ts';
import type { ApiRequest } from '../requests/api-client.ts';
import { asList, type KubernetesList } from '../kubernetes-object.ts';
import type { ListWatchSpec } from './list-watch-spec.ts';
import type { WatchTools } from './watch-tools.ts';

/**
 * One page of a list. Without `resourceVersion`: the pages are then one consistent snapshot, and `limit` counts
 * (with `resourceVersion=0` the server ignores it). Throws `Failure`, `kubernetes-expired` for a token that is too old.
 */
export async function listPage(
  spec: Pick<ListWatchSpec<unknown>, 'resource' | 'path' | 'fieldSelector' | 'metadataOnly'>,
  tools: WatchTools,
  continueToken: string | undefined,
  limit = tools.limits.pageSize,
): Promise<KubernetesList> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (spec.fieldSelector !== undefined) query.set('fieldSelector', spec.fieldSelector);
  if (continueToken !== undefined) query.set('continue', continueToken);
  const request: ApiRequest = {
    verb: 'list',
    resource: spec.resource,
    object: '',
    path: `${spec.path}?${query.toString()}`,
    accept: spec.metadataOnly ? accepts.metadataList : accepts.full,
  };
  const ask = (): Promise<unknown> => tools.client.request(request);
  // Nothing can be done for anybody before the lists are complete: they do not wait behind other work.
  const answer = tools.window === undefined ? await ask() : await tools.window.run('unserved', ask);
  return asList(answer, `the list of ${spec.resource}`);
}
