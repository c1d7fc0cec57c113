import assert from 'node:assert/strict';

import { createStandingClock } from './clock.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from './start.ts';
import { send, type TestAnswer } from './testing/official-client.ts';

describe('control path', () => {
  let simulator: AlibabaCloudSimulator;
  beforeEach(async () => {
    simulator = await startAlibabaCloudSimulator({ clock: createStandingClock('2026-01-02T03:04:05Z') });
  });
  afterEach(() => simulator.stop());

  const control = (method: string, what: string, body?: unknown): Promise<TestAnswer> =>
    send(simulator.url, method, `/_simulator/${what}`, {}, body === undefined ? '' : JSON.stringify(body));

  it('puts a fault in force, lists it and removes it', async () => {
    const fault = { match: { region: 'cn-shanghai' }, effect: { kind: 'hang' }, times: 3 };
    const { status, body } = await control('POST', 'faults', fault);
    assert.deepEqual(
      [status, (await control('GET', 'faults')).body['faults']],
      [201, [{ ...fault, id: body['id'], hits: 0 }]],
    );
    assert.equal((await control('DELETE', `faults/${String(body['id'])}`)).status, 200);
    assert.deepEqual(simulator.faults.list(), []);
  });

  it('removes all faults', async () => {
    simulator.faults.add({ match: {}, effect: { kind: 'hang' } });
    await control('DELETE', 'faults');
    assert.deepEqual(simulator.faults.list(), []);
  });

  for (const [problem, fault] of [
    ['is no object', 7],
    ['has no effect', { match: {} }],
    ['has an effect that does not exist', { effect: { kind: 'toString' } }],
    ['has an effect without a field that it needs', { effect: { kind: 'expiry' } }],
    ['has an effect with a field of another type', { effect: { kind: 'html', status: '502' } }],
    ['matches by a field that does not exist', { match: { acount: 'x' }, effect: { kind: 'hang' } }],
    ['hits no call', { effect: { kind: 'hang' }, times: 0 }],
  ] as const) {
    it(`refuses a fault that ${problem}`, async () => {
      const { status, body } = await control('POST', 'faults', fault);
      assert.deepEqual([status, typeof body['message'], simulator.faults.list()], [400, 'string', []]);
    });
  }

  it('turns the clock', async () => {
    const { body } = await control('POST', 'clock', { advanceSeconds: 55 });
    assert.deepEqual(body, { now: '2026-01-02T03:05:00.000Z', aheadSeconds: 55 });
  });

  it('does not turn the clock by what is no number', async () => {
    assert.equal((await control('POST', 'clock', { advanceSeconds: '55' })).status, 400);
  });

  it('shows and empties the calls', async () => {
    await send(simulator.url, 'GET', '/latest/meta-data/region-id');
    const calls = (await control('GET', 'calls')).body['calls'] as { action: string }[];
    assert.deepEqual(
      calls.map(({ action }) => action),
      ['metadata.region-id'],
    );
    await control('DELETE', 'calls');
    assert.equal(simulator.calls.count(), 0);
  });

  it('hands out the registry’s certificate', async () => {
    assert.equal((await control('GET', 'registry-certificate.pem')).text, simulator.registryCertificatePem);
  });

  it('answers nothing else', async () => {
    assert.equal((await control('GET', 'secrets')).status, 404);
  });

  it('is not to be found at a host of the cloud', async () => {
    const headers = { host: 'cr.cn-hangzhou.aliyuncs.com' };
    assert.notEqual((await send(simulator.url, 'GET', '/_simulator/calls', headers)).status, 200);
  });
});
