import assert from 'node:assert/strict';

import { createFaults, type Fault } from './faults.ts';
import { plainFacts } from './routed-call.ts';

const call = {
  ...plainFacts('cr.cn-hangzhou.aliyuncs.com', 'GetAuthorizationToken'),
  version: '2018-12-01',
  region: 'cn-hangzhou',
  accountId: '1234',
  accessKeyId: 'key-1',
  instanceId: 'cri-1',
};
const hang = { match: {}, effect: { kind: 'hang' } } satisfies Fault;

describe('faults', () => {
  it('hit every call when they match nothing in particular', () => {
    const faults = createFaults();
    faults.add(hang);
    assert.deepEqual(faults.take(call), { kind: 'hang' });
  });

  for (const [field, right, wrong] of [
    ['host', 'cr.*', 'cr-vpc.*'],
    ['action', 'GetAuthorizationToken', 'AssumeRole'],
    ['version', '2018-12-01', '2016-06-07'],
    ['region', 'cn-hangzhou', 'cn-shanghai'],
    ['accountId', '1234', '4321'],
    ['accessKeyId', 'key-1', 'key-2'],
    ['instanceId', 'cri-1', 'cri-2'],
  ] as const) {
    it(`hit only the calls whose ${field} matches`, () => {
      const faults = createFaults();
      faults.add({ ...hang, match: { [field]: wrong } });
      assert.equal(faults.take(call), undefined);
      faults.add({ ...hang, match: { [field]: right } });
      assert.deepEqual(faults.take(call), { kind: 'hang' });
    });
  }

  it('take a dot in a pattern for a dot', () => {
    const faults = createFaults();
    faults.add({ ...hang, match: { host: 'crxcn-hangzhou.aliyuncs.com' } });
    faults.add({ ...hang, match: { host: 'cr.cn-hangzhou.aliyuncs' } });
    assert.equal(faults.take(call), undefined);
  });

  it('end after the number of hits that was asked for', () => {
    const faults = createFaults();
    faults.add({ ...hang, times: 2 });
    assert.deepEqual([faults.take(call), faults.take(call), faults.take(call)], [hang.effect, hang.effect, undefined]);
  });

  it('count their hits', () => {
    const faults = createFaults();
    faults.add(hang);
    faults.take(call);
    assert.deepEqual(
      faults.list().map(({ hits }) => hits),
      [1],
    );
  });

  it('give way to a newer one', () => {
    const faults = createFaults();
    faults.add(hang);
    faults.add({ ...hang, effect: { kind: 'reset' } });
    assert.deepEqual(faults.take(call), { kind: 'reset' });
  });

  it('end when they are removed', () => {
    const faults = createFaults();
    const id = faults.add(hang);
    assert.deepEqual([faults.remove(id), faults.remove(id), faults.take(call)], [true, false, undefined]);
  });

  it('are bounded', () => {
    const faults = createFaults();
    for (let count = 0; count < 1000; count += 1) faults.add(hang);
    assert.throws(() => faults.add(hang), /clear some first/);
  });
});
