import assert from 'node:assert/strict';
import { Failure } from '../common/domain/failure.ts';
import { podEvent } from './pod-events.ts';

const names = { namespace: 'shop', pod: 'web-1', uid: 'pod-uid' };
const failure = new Failure('kubernetes-disruption-budget', 'cannot create pods/eviction shop/web-1');

describe('the Events of a pod', () => {
  it('say why it was evicted, and that its replacement can pull', () => {
    const event = podEvent(
      {
        kind: 'pod-evicted',
        ...names,
        account: 'web',
        controller: 'ReplicaSet web',
        image: 'a.io/web',
        secrets: ['pull'],
      },
      1000,
    );
    assert.deepEqual(
      [event?.type, event?.reason, event?.pod, event?.occasion],
      ['Normal', 'EvictedToPull', 'web-1', 'pod-uid'],
    );
    assert.match(event?.note ?? '', /a\.io\/web.*ServiceAccount web.*Secret pull.*ReplicaSet web/);
  });

  it('say when it is given up, and not that it is tried again', () => {
    const refused = { kind: 'pod-not-evicted', ...names, failure } as const;
    assert.equal(podEvent({ ...refused, gaveUp: false }, 1000), undefined);
    const event = podEvent({ ...refused, gaveUp: true }, 1000);
    assert.equal(event?.reason, 'CannotEvict');
    assert.match(event.note, /cannot create pods\/eviction/);
  });

  it('are none about anything else', () => {
    assert.equal(podEvent({ kind: 'webhook-stopped' }, 1000), undefined);
  });
});
