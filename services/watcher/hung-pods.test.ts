import assert from 'node:assert/strict';
import { hungPod } from '../../tests/fixtures/hung-pods.ts';
import { HungPods } from './hung-pods.ts';

describe('the pods that hang', () => {
  let pods: HungPods;

  beforeEach(() => {
    pods = new HungPods();
    const items = ['a', 'b', 'c'].map((name) => ({ namespace: 'shop', name, hung: hungPod({ name, uid: name }) }));
    pods.take({ type: 'page', items, resourceVersion: '100' });
  });

  const names = (): readonly string[] => pods.all().map(({ name }) => name);
  const change = (name: string, hung = hungPod({ name, resourceVersion: '21' })): void =>
    pods.take({ type: 'changed', items: [{ namespace: 'shop', name, hung }] });

  it('are forgotten when they wait for no image any more, or are gone', () => {
    pods.take({ type: 'changed', items: [{ namespace: 'shop', name: 'b' }] });
    assert.deepEqual(names(), ['a', 'c']);
  });

  it('are forgotten when a list does not hold them', () => {
    pods.take({ type: 'listed', keys: new Set(['shop/c', 'else/a']), resourceVersion: '30' });
    assert.deepEqual(names(), ['c']);
  });

  it('are forgotten when nothing can be done for them', () => {
    change('a', hungPod({ name: 'a', terminating: true }));
    change('d', hungPod({ name: 'd', controller: undefined }));
    assert.deepEqual(names(), ['b', 'c']);
  });

  it('come in turn: whoever was looked at goes behind the others, and a change does not bring it forward', () => {
    pods.lookedAt(hungPod({ name: 'a' }));
    change('a');
    assert.deepEqual(names(), ['b', 'c', 'a']);
    assert.equal(pods.all().at(-1)?.resourceVersion, '21');
  });

  it('are never more than five thousand', () => {
    for (let index = 0; index < 5010; index++) change(`more-${index}`);
    assert.equal(pods.all().length, 5000);
  });
});
