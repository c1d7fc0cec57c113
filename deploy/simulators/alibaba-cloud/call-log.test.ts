import assert from 'node:assert/strict';

import { createCallLog, type LoggedCall } from './call-log.ts';
import { plainFacts } from './routed-call.ts';

const call: LoggedCall = {
  ...plainFacts('sts.aliyuncs.com', 'AssumeRole'),
  at: 1,
  status: 200,
  code: 'success',
  violations: [],
};

describe('call log', () => {
  it('counts the calls that equal a filter in every field', () => {
    const log = createCallLog();
    log.record(call);
    log.record({ ...call, region: 'cn-shanghai' });
    log.record({ ...call, code: 'NoPermission' });
    assert.deepEqual(
      [log.count(), log.count({ code: 'success' }), log.count({ code: 'success', region: 'cn-shanghai' })],
      [3, 2, 1],
    );
  });

  it('keeps the last 10,000 calls', () => {
    const log = createCallLog();
    for (let at = 1; at <= 30_001; at += 1) log.record({ ...call, at });
    assert.deepEqual([log.all().length, log.all()[0]?.at, log.all().at(-1)?.at], [10_000, 20_002, 30_001]);
  });

  it('lists the violations apart', () => {
    const log = createCallLog();
    log.record({ ...call, violations: ['a nonce was used twice'] });
    assert.deepEqual(log.violations(), [
      { at: 1, host: 'sts.aliyuncs.com', action: 'AssumeRole', rule: 'a nonce was used twice' },
    ]);
  });

  it('keeps the last 1,000 violations', () => {
    const log = createCallLog();
    for (let at = 1; at <= 3_000; at += 1) log.record({ ...call, at, violations: ['x'] });
    assert.deepEqual([log.violations().length, log.violations()[0]?.at], [1_000, 2_001]);
  });

  it('can be emptied', () => {
    const log = createCallLog();
    log.record({ ...call, violations: ['x'] });
    log.clear();
    assert.deepEqual([log.count(), log.violations()], [0, []]);
  });
});
