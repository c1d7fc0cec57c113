import assert from 'node:assert/strict';

import { Failure } from '../../domain/failure.ts';
import type { CloudCall } from './cloud-call.ts';
import { createRegionalClient } from './regional-client.ts';

const call: CloudCall = {
  product: 'cr',
  action: 'GetAuthorizationToken',
  version: '2018-12-01',
  method: 'POST',
  path: '/',
  query: {},
  regionId: 'cn-hangzhou',
  subject: 'cri-abc',
};
const vpcHost = 'cr-vpc.cn-hangzhou.aliyuncs.com';
const publicHost = 'cr.cn-hangzhou.aliyuncs.com';
const prefix = 'GetAuthorizationToken for cri-abc in cn-hangzhou';

describe('the hosts of a region, one after another', () => {
  const setUp = (failures: Record<string, Failure | undefined>) => {
    const called: string[] = [];
    const world = { now: 0, failures };
    const regional = createRegionalClient({
      client: {
        call: async (_, host) => {
          called.push(host);
          const failure = world.failures[host];
          if (failure !== undefined) throw failure;
          return { host };
        },
        close: async () => undefined,
      },
      clock: () => world.now,
      allowedHosts: [],
      findLocalRegion: async () => 'cn-hangzhou',
    });
    return { called, world, regional };
  };
  const noAnswer = (host: string, why: string) => new Failure('cloud-unreachable', `${prefix} (${host}): ${why}`);
  const never = new AbortController().signal;

  it('stay with the first one that answers', async () => {
    const { called, regional } = setUp({});
    await regional.call(call, never);

    assert.deepEqual(called, [vpcHost]);
  });

  it('are not changed because the cloud refuses', async () => {
    const { called, regional } = setUp({ [vpcHost]: new Failure('cloud-access-denied', 'no') });
    await assert.rejects(regional.call(call, never), { code: 'cloud-access-denied' });

    assert.deepEqual(called, [vpcHost]);
  });

  it('are changed when one gives no answer; which one did is remembered for five minutes', async () => {
    const { called, world, regional } = setUp({ [vpcHost]: noAnswer(vpcHost, 'refused') });
    await regional.call(call, never);
    world.now = 299_999;
    await regional.call(call, never);
    world.now = 300_000;
    await regional.call(call, never);

    assert.deepEqual(called, [vpcHost, publicHost, publicHost, vpcHost, publicHost]);
  });

  it('a refusal is an answer too: it is remembered where it came from', async () => {
    const { called, regional } = setUp({
      [vpcHost]: noAnswer(vpcHost, 'refused'),
      [publicHost]: new Failure('cloud-access-denied', 'no'),
    });
    await assert.rejects(regional.call(call, never), { code: 'cloud-access-denied' });
    await assert.rejects(regional.call(call, never), { code: 'cloud-access-denied' });

    assert.deepEqual(called, [vpcHost, publicHost, publicHost]);
  });

  it('go back to the first one when the remembered one stops answering', async () => {
    const { called, world, regional } = setUp({ [vpcHost]: noAnswer(vpcHost, 'refused') });
    await regional.call(call, never);
    world.failures = { [publicHost]: noAnswer(publicHost, 'refused') };
    await regional.call(call, never);

    assert.deepEqual(called, [vpcHost, publicHost, publicHost, vpcHost]);
  });

  it('are all named when none answers, and a missing name points at regionId', async () => {
    const { regional } = setUp({
      [vpcHost]: noAnswer(vpcHost, 'no such host (ENOTFOUND)'),
      [publicHost]: noAnswer(publicHost, 'connection refused (ECONNREFUSED)'),
    });

    await assert.rejects(regional.call(call, never), {
      code: 'cloud-unreachable',
      message: `${prefix}: no host answers: ${vpcHost}: no such host (ENOTFOUND); ${publicHost}: connection refused (ECONNREFUSED)`,
      hint: 'check regionId (no such region has no such host) and the DNS of this cluster',
    });
  });

  it('are not tried on once the caller gave up', async () => {
    const { called, regional } = setUp({ [vpcHost]: noAnswer(vpcHost, 'cancelled') });
    await assert.rejects(regional.call(call, AbortSignal.abort()), { message: `${prefix} (${vpcHost}): cancelled` });

    assert.deepEqual(called, [vpcHost]);
  });

  it('a call without a region goes to the cluster’s own', async () => {
    const { called, regional } = setUp({});
    await regional.call({ ...call, product: 'sts', regionId: undefined }, never);

    assert.deepEqual(called, ['sts-vpc.cn-hangzhou.aliyuncs.com']);
  });
});
