import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hungPod } from '../../../tests/fixtures/hung-pods.ts';
import { now } from '../../../tests/fixtures/values.ts';
import type { HungPod } from './hung-pod.ts';
import {
  claimRepair,
  noteRefusal,
  repairLimits,
  withdrawRepair,
  type RepairClaim,
  type RepairHistory,
} from './repair-history.ts';

const pauseMs = repairLimits.controllerPauseSeconds * 1000;

function podOf(controller: string, uid: string, createdAt = now - 60_000): HungPod {
  return hungPod({ uid, createdAt, controller: { kind: 'ReplicaSet', name: controller, uid: controller } });
}

describe('the claims of evictions', () => {
  let history: RepairHistory;

  beforeEach(() => {
    history = [];
  });

  function claim(pod: HungPod, at = now): RepairClaim {
    const claimed = claimRepair(history, pod, at);
    history = claimed.history;
    return claimed.answer;
  }

  function refuse(uid: string): boolean {
    const noted = noteRefusal(history, uid);
    history = noted.history;
    return noted.answer.gaveUp;
  }

  it('are granted once for a pod, whenever it is asked for again', () => {
    const pod = podOf('web', 'a');
    assert.equal(claim(pod), 'granted');
    for (const at of [now, now + pauseMs, now + 10 * pauseMs]) assert.equal(claim(pod, at), 'never');
  });

  it('are granted for one pod of a controller at a time', () => {
    assert.equal(claim(podOf('web', 'a')), 'granted');
    assert.equal(claim(podOf('web', 'b')), 'later');
    assert.equal(claim(podOf('web', 'b'), now + pauseMs), 'granted');
  });

  it('are not granted for what was made in place of an evicted pod: it got what there is to get', () => {
    claim(podOf('web', 'a'));
    for (const createdAt of [now - 1000, now, now + 1000])
      assert.equal(claim(podOf('web', `b${createdAt}`, createdAt), now + pauseMs), 'never');
  });

  it('are not granted for ever more pods of one controller', () => {
    let at = now;
    for (let index = 0; index < repairLimits.perController; index++, at += pauseMs)
      assert.equal(claim(podOf('web', `pod-${index}`), at), 'granted');
    assert.equal(claim(podOf('web', 'one-more'), at), 'never');
    assert.equal(claim(podOf('other', 'other'), at), 'granted');
  });

  it('are granted for a few controllers a minute', () => {
    const answers = Array.from({ length: 7 }, (_item, index) =>
      claim(podOf(`web-${index}`, `pod-${index}`), now + index),
    );
    assert.deepEqual(answers, [...Array.from({ length: repairLimits.perMinute }, () => 'granted'), 'later', 'later']);
    assert.equal(claim(podOf('web-6', 'pod-6'), now + 60_000), 'granted');
  });

  it('are never granted for a pod without a controller', () => {
    assert.equal(claim(hungPod({ controller: undefined })), 'never');
  });

  it('are granted again after a refusal, later and only so often', () => {
    const pod = podOf('web', 'a');
    let at = now;
    for (let tries = 1; tries <= repairLimits.triesPerPod; tries++, at += pauseMs) {
      assert.equal(claim(pod, at), 'granted');
      assert.equal(refuse('a'), tries === repairLimits.triesPerPod);
      assert.equal(claim(pod, at + 1), tries === repairLimits.triesPerPod ? 'never' : 'later');
    }
    assert.equal(claim(pod, at), 'never');
  });

  it('do not count when they were withdrawn', () => {
    const pod = podOf('web', 'a');
    claim(pod);
    history = withdrawRepair(history, 'a').history;
    assert.deepEqual(history, []);
    assert.equal(claim(pod), 'granted');
  });

  it('keep the refusals of a pod when a later attempt was withdrawn', () => {
    const pod = podOf('web', 'a');
    claim(pod);
    refuse('a');
    claim(pod, now + pauseMs);
    history = withdrawRepair(history, 'a').history;
    assert.deepEqual(
      history.map(({ tries, refused }) => ({ tries, refused })),
      [{ tries: 1, refused: true }],
    );
  });

  it('are forgotten after a day, and are never more than a thousand', () => {
    claim(podOf('web', 'a'));
    claim(podOf('web', 'b'), now + repairLimits.rememberSeconds * 1000);
    assert.deepEqual(
      history.map(({ pod }) => pod),
      ['b'],
    );
    history = Array.from({ length: 1000 }, (_item, index) => ({
      pod: `old-${index}`,
      controller: `c-${index}`,
      at: now,
      tries: 1,
      refused: false,
    }));
    assert.equal(claim(podOf('web', 'c'), now + 60_000), 'granted');
    assert.equal(history.length, 1000);
    assert.equal(history.at(-1)?.pod, 'c');
  });

  it('whatever happens: no pod twice, no replacement, one of a controller in its pause, few in any minute', () => {
    const step = fc.record({
      afterMs: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 90_000 })),
      controller: fc.integer({ min: 0, max: 15 }),
      replica: fc.integer({ min: 0, max: 3 }),
      outcome: fc.constantFrom('evicted', 'refused', 'withdrawn'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cluster = new Simulation();
        for (const each of steps) cluster.take(each);
        cluster.verify();
      }),
    );
  });
});

type Step = {
  readonly afterMs: number;
  readonly controller: number;
  readonly replica: number;
  readonly outcome: 'evicted' | 'refused' | 'withdrawn';
};

/** Controllers that make a new pod at once for each one that is evicted, and pods that hang whatever is done. */
class Simulation {
  #history: RepairHistory = [];
  #now = now;
  #made = 0;
  readonly #replicas = new Map<string, HungPod>();
  readonly #evicted: { readonly pod: HungPod; readonly at: number }[] = [];
  readonly #tried: { readonly uid: string; readonly at: number }[] = [];

  take({ afterMs, controller, replica, outcome }: Step): void {
    this.#now += afterMs;
    const slot = `${controller}/${replica}`;
    const pod = this.#replicas.get(slot) ?? podOf(`c${controller}`, `first-${slot}`);
    const { history, answer } = claimRepair(this.#history, pod, this.#now);
    this.#history = history;
    if (answer !== 'granted') return;
    if (outcome === 'withdrawn') {
      this.#history = withdrawRepair(history, pod.uid).history;
      return;
    }
    this.#tried.push({ uid: pod.uid, at: this.#now });
    if (outcome === 'refused') {
      this.#history = noteRefusal(history, pod.uid).history;
      return;
    }
    this.#evicted.push({ pod, at: this.#now });
    this.#replicas.set(slot, podOf(`c${controller}`, `made-${++this.#made}`, this.#now));
  }

  verify(): void {
    const uids = this.#evicted.map(({ pod }) => pod.uid);
    assert.equal(new Set(uids).size, uids.length, 'a pod was evicted twice');
    assert.ok(
      uids.every((uid) => uid.startsWith('first-')),
      'a replacement was evicted',
    );
    for (const { pod, at } of this.#evicted) {
      const family = this.#evicted.filter((other) => other.pod.controller?.uid === pod.controller?.uid);
      assert.equal(family.filter((other) => other.at >= at && other.at < at + pauseMs).length, 1, 'no pause');
    }
    for (const { uid, at } of this.#tried) {
      const inMinute = this.#tried.filter((other) => other.at >= at && other.at < at + 60_000).length;
      assert.ok(inMinute <= repairLimits.perMinute, `${inMinute} in a minute`);
      assert.ok(this.#tried.filter((other) => other.uid === uid).length <= repairLimits.triesPerPod, 'too many tries');
    }
  }
}
