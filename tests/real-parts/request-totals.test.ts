import assert from 'node:assert/strict';

import { countRequests, parseRequestTotals, requestsBetween } from './request-totals.ts';

const page = `# HELP apiserver_request_total Counter of apiserver requests
# TYPE apiserver_request_total counter
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="secrets",scope="resource",subresource="",verb="PATCH",version="v1"} 7
apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="secrets",scope="resource",subresource="",verb="APPLY",version="v1"} 3
apiserver_request_total{code="201",component="apiserver",dry_run="All",group="",resource="secrets",scope="resource",subresource="",verb="APPLY",version="v1"} 1
apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="serviceaccounts",scope="resource",subresource="token",verb="POST",version="v1"} 2
apiserver_requested_deprecated_apis{group="",resource="secrets"} 1
`;

describe('request totals of an API server', () => {
  it('adds up the series that differ only in labels that are not kept', () => {
    const totals = parseRequestTotals(page);
    assert.equal(totals.length, 3);
    assert.equal(countRequests(totals, { verb: 'APPLY', resource: 'secrets', code: 201 }), 4);
  });

  it('counts every request when nothing is asked for', () => {
    assert.equal(countRequests(parseRequestTotals(page), {}), 13);
  });

  it('leaves out what did not change between two readings', () => {
    const after = parseRequestTotals(page.replace('} 7', '} 9'));
    assert.deepEqual(requestsBetween(parseRequestTotals(page), after), [
      { verb: 'PATCH', resource: 'secrets', subresource: '', code: 200, count: 2 },
    ]);
  });
});
