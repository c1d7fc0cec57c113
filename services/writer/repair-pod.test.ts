import assert from 'node:assert/strict';
import { createMemoryRepairMemory } from '../../common/adapters/memory/repair-memory.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { FailureCode } from '../../common/domain/failure-catalog.ts';
import type { Happening } from '../../common/domain/happening.ts';
import type { HungPod } from '../../common/domain/pods/hung-pod.ts';
import { repairLimits } from '../../common/domain/pods/repair-history.ts';
import { hungPod, servedNamespace } from '../../tests/fixtures/hung-pods.ts';
import { configuration, now, secretName } from '../../tests/fixtures/values.ts';
import { repairPod } from './repair-pod.ts';

const pauseMs = repairLimits.controllerPauseSeconds * 1000;

describe('repairPod', () => {
  let pod: HungPod | undefined;
  let at: number;
  let isEnabled: boolean;
  let isListed: boolean;
  let reads: number;
  let evicted: string[];
  let refusal: FailureCode | undefined;
  let happened: Happening[];
  let handle: ReturnType<typeof repairPod>;

  beforeEach(() => {
    [pod, at, isEnabled, isListed, reads, evicted, refusal, happened] = [
      hungPod(),
      now,
      true,
      true,
      0,
      [],
      undefined,
      [],
    ];
    handle = repairPod({
      configurations: {
        read: async () => ({ configuration: configuration({ repairPods: isEnabled }), version: 'v1' }),
      },
      observations: { read: async () => servedNamespace(), listed: async () => (isListed ? 0 : undefined) },
      pods: {
        readHungPod: async () => {
          reads++;
          return pod;
        },
        evict: async ({ uid }) => {
          if (refusal !== undefined) throw new Failure(refusal, 'the API server would not');
          evicted.push(uid);
        },
      },
      repairs: createMemoryRepairMemory(),
      clock: () => at,
      report: (happening) => void happened.push(happening),
    });
  });

  const repair = () =>
    handle({
      data: { namespace: 'shop', pod: 'web-1' },
      urgency: 'drifted',
      attempt: 1,
      signal: new AbortController().signal,
    });

  it('evicts the pod and says why', async () => {
    await repair();
    assert.deepEqual(evicted, ['pod-uid']);
    assert.equal(happened.length, 1);
    const [said] = happened;
    assert.ok(said?.kind === 'pod-evicted');
    assert.equal(said.controller, 'ReplicaSet web');
    assert.deepEqual(said.secrets, [secretName]);
  });

  it('evicts no pod twice, even when it is still there', async () => {
    await repair();
    at += 10 * pauseMs;
    await repair();
    assert.deepEqual(evicted, ['pod-uid']);
  });

  it('asks for no pod while repair-pods is not enabled, or the lists are not complete', async () => {
    isEnabled = false;
    await repair();
    [isEnabled, isListed] = [true, false];
    await repair();
    assert.deepEqual({ reads, evicted }, { reads: 0, evicted: [] });
  });

  it('leaves a pod alone that is gone or pulls by now', async () => {
    pod = undefined;
    await repair();
    pod = hungPod({ pullSecrets: [secretName] });
    await repair();
    assert.deepEqual({ evicted, happened }, { evicted: [], happened: [] });
  });

  it('asks for no pod when enough were evicted within the minute', async () => {
    for (let index = 0; index < 8; index++) {
      pod = hungPod({ uid: `pod-${index}`, controller: { kind: 'Job', name: 'job', uid: `job-${index}` } });
      await repair();
    }
    assert.deepEqual({ reads, evictions: evicted.length }, { reads: 5, evictions: 5 });
  });

  it('tries a pod that a budget protects a few times, each after a pause, and says when it gives up', async () => {
    refusal = 'kubernetes-disruption-budget';
    for (let tries = 0; tries < 20; tries++, at += pauseMs / 2) await repair();
    const said = happened.map((happening) => happening.kind === 'pod-not-evicted' && happening.gaveUp);
    assert.deepEqual(said, [false, false, false, false, true]);
  });

  it('evicts a pod after all when the budget lets it go', async () => {
    refusal = 'kubernetes-disruption-budget';
    await repair();
    refusal = undefined;
    await repair();
    assert.deepEqual(evicted, []);
    at += pauseMs;
    await repair();
    assert.deepEqual(evicted, ['pod-uid']);
  });

  for (const code of ['kubernetes-conflict', 'kubernetes-forbidden', 'kubernetes-throttled'] as const) {
    it(`takes the attempt back and leaves the rest to the bus after ${code}`, async () => {
      refusal = code;
      await assert.rejects(async () => repair(), { code });
      refusal = undefined;
      await repair();
      assert.deepEqual(evicted, ['pod-uid']);
    });
  }
});
