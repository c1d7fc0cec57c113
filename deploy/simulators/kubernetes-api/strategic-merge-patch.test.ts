import assert from 'node:assert/strict';
import { podShapes, serviceAccountShapes } from './field-shapes.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

describe('applyStrategicMergePatch', () => {
  it('merges maps and removes nulls', () => {
    const target = { metadata: { labels: { a: '1', b: '2' } } };
    const patch = { metadata: { labels: { a: null, c: '3' } } };
    assert.deepEqual(applyStrategicMergePatch(target, patch, serviceAccountShapes), {
      metadata: { labels: { b: '2', c: '3' } },
    });
  });

  it('merges keyed lists at every depth', () => {
    const target = {
      spec: { containers: [{ name: 'a', image: '1', env: [{ name: 'X', value: '1' }] }, { name: 'b' }] },
    };
    const patch = { spec: { containers: [{ name: 'a', env: [{ name: 'X', value: '2' }] }] } };
    assert.deepEqual(applyStrategicMergePatch(target, patch, podShapes), {
      spec: { containers: [{ name: 'a', image: '1', env: [{ name: 'X', value: '2' }] }, { name: 'b' }] },
    });
  });

  it('replaces a map or a keyed list when told to', () => {
    const target = { metadata: { labels: { a: '1' } }, secrets: [{ name: 'x' }] };
    const patch = {
      metadata: { labels: { $patch: 'replace', b: '2' } },
      secrets: [{ $patch: 'replace' }, { name: 'y' }],
    };
    assert.deepEqual(applyStrategicMergePatch(target, patch, serviceAccountShapes), {
      metadata: { labels: { b: '2' } },
      secrets: [{ name: 'y' }],
    });
  });

  it('unites sets, deletes from them, and follows the order that it is given', () => {
    const target = { metadata: { finalizers: ['a', 'b'] }, secrets: [{ name: 'x' }, { name: 'y' }] };
    const patch = {
      metadata: { finalizers: ['c'], '$deleteFromPrimitiveList/finalizers': ['a'] },
      '$setElementOrder/secrets': [{ name: 'y' }, { name: 'x' }],
    };
    assert.deepEqual(applyStrategicMergePatch(target, patch, serviceAccountShapes), {
      metadata: { finalizers: ['b', 'c'] },
      secrets: [{ name: 'y' }, { name: 'x' }],
    });
  });
});
