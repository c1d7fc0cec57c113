/** One request as the API server's own metric would count it. */
export interface RequestRecord {
  /** Upper case as in `apiserver_request_total`: GET, LIST, WATCH, POST, PUT, PATCH, APPLY, DELETE, DELETECOLLECTION. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  /** Empty for discovery, health and the like. */
  readonly resource: string;
  readonly subresource: string;
  readonly scope: '' | 'cluster' | 'namespace' | 'resource';
  readonly dryRun: boolean;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly userAgent: string;
}

/** Which requests are meant; what is absent matches everything. */
export type RequestMatch = Partial<
  Pick<RequestRecord, 'verb' | 'resource' | 'subresource' | 'namespace' | 'name' | 'code'>
>;

/** How many single requests are remembered; the counters go on without end. */
const rememberedRequests = 10_000;

/** Counts every request, and remembers the newest ones one by one. */
export class RequestLog {
  readonly #counts = new Map<string, { readonly record: RequestRecord; count: number }>();
  #recent: RequestRecord[] = [];

  add(record: RequestRecord): void {
    const { verb, group, version, resource, subresource, scope, dryRun, code } = record;
    const key = [verb, group, version, resource, subresource, scope, dryRun, code].join(' ');
    const counted = this.#counts.get(key);
    if (counted === undefined) this.#counts.set(key, { record, count: 1 });
    else counted.count += 1;
    this.#recent.push(record);
    if (this.#recent.length >= 2 * rememberedRequests) this.#recent = this.#recent.slice(-rememberedRequests);
  }

  /** How many requests matched since the start or the last reset. Matching by namespace or name sees the remembered ones only. */
  count(match: RequestMatch = {}): number {
    if (match.namespace !== undefined || match.name !== undefined) return this.recent(match).length;
    return [...this.#counts.values()]
      .filter(({ record }) => matchesRequest(match, record))
      .reduce((sum, { count }) => sum + count, 0);
  }

  /** The remembered requests, oldest first. */
  recent(match: RequestMatch = {}): readonly RequestRecord[] {
    return this.#recent.filter((record) => matchesRequest(match, record));
  }

  reset(): void {
    this.#counts.clear();
    this.#recent = [];
  }

  /** The text of `/metrics`: `apiserver_request_total` with the real server's label names. */
  metrics(): string {
    const lines = [...this.#counts.values()].map(({ record, count }) => {
      const labels = {
        code: record.code,
        component: record.resource === '' ? '' : 'apiserver',
        dry_run: record.dryRun ? 'All' : '',
        group: record.group,
        resource: record.resource,
        scope: record.scope,
        subresource: record.subresource,
        verb: record.verb,
        version: record.version,
      };
      const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      return `apiserver_request_total{${text.join(',')}} ${count}`;
    });
    const help =
      'Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.';
    return `# HELP apiserver_request_total ${help}\n# TYPE apiserver_request_total counter\n${lines.toSorted().join('\n')}\n`;
  }
}

export function matchesRequest(match: RequestMatch, record: Partial<RequestRecord>): boolean {
  return Object.entries(match).every(([field, value]) => record[field as keyof RequestMatch] === value);
}
