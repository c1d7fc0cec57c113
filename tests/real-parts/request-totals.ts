/** How often the API server has answered one kind of request since it started. */
export type RequestTotal = {
  readonly verb: string;
  /** `secrets`, `serviceaccounts`, …; empty for paths that are no resource. */
  readonly resource: string;
  readonly subresource: string;
  /** HTTP status. */
  readonly code: number;
  readonly count: number;
};

/**
 * The `apiserver_request_total` series of a `/metrics` page, summed over the labels that are not kept.
 *
 * Verbs are the server's: GET, LIST, WATCH, POST, PUT, PATCH, APPLY, DELETE, DELETECOLLECTION.
 */
export function parseRequestTotals(metrics: string): readonly RequestTotal[] {
  const totals = new Map<string, RequestTotal>();
  for (const [, labels, count] of metrics.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const label = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels ?? '')?.[1] ?? '';
    const kind = { verb: label('verb'), resource: label('resource'), subresource: label('subresource') };
    const code = Number(label('code'));
    const key = JSON.stringify([kind, code]);
    totals.set(key, { ...kind, code, count: (totals.get(key)?.count ?? 0) + Number(count) });
  }
  return [...totals.values()];
}

/** What was answered between two readings; kinds without a new request are left out. */
export function requestsBetween(
  before: readonly RequestTotal[],
  after: readonly RequestTotal[],
): readonly RequestTotal[] {
  const earlier = new Map(before.map((total) => [keyOf(total), total.count]));
  return after
    .map((total) => ({ ...total, count: total.count - (earlier.get(keyOf(total)) ?? 0) }))
    .filter((total) => total.count > 0);
}

/** The number of requests that have all the given properties. */
export function countRequests(totals: readonly RequestTotal[], wanted: Partial<Omit<RequestTotal, 'count'>>): number {
  return totals
    .filter((total) => wanted.verb === undefined || total.verb === wanted.verb)
    .filter((total) => wanted.resource === undefined || total.resource === wanted.resource)
    .filter((total) => wanted.subresource === undefined || total.subresource === wanted.subresource)
    .filter((total) => wanted.code === undefined || total.code === wanted.code)
    .reduce((sum, total) => sum + total.count, 0);
}

function keyOf(total: RequestTotal): string {
  return JSON.stringify([total.verb, total.resource, total.subresource, total.code]);
}
