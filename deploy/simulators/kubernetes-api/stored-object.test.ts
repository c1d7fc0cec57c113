import assert from 'node:assert/strict';
import { coreKind } from './kinds.ts';
import { atVersion, parseStored, storageKey, storeObject } from './stored-object.ts';

const kind = coreKind('secrets');
const secret = {
  kind: 'Secret',
  apiVersion: 'v1',
  type: 'Opaque',
  metadata: { annotations: { resourceVersion: '7' }, name: 'a', namespace: 'shop', uid: 'u' },
};

describe('storeObject', () => {
  it('puts kind, apiVersion and metadata first and the version into the metadata', () => {
    const stored = storeObject(kind, secret, 7);
    assert.match(stored.text, /^\{"kind":"Secret","apiVersion":"v1","metadata":\{"name":"a"/);
    assert.equal(parseStored(stored).metadata.resourceVersion, '7');
  });

  it('knows where the metadata is in the text', () => {
    const stored = storeObject(kind, secret, 7);
    const metadata = JSON.parse(stored.text.slice(stored.metadataStart, stored.metadataEnd)) as object;
    assert.deepEqual(metadata, parseStored(stored).metadata);
  });

  it('changes the version and nothing that only looks like it', () => {
    const moved = atVersion(storeObject(kind, secret, 7), 1234);
    assert.equal(parseStored(moved).metadata.resourceVersion, '1234');
    assert.deepEqual(parseStored(moved).metadata.annotations, { resourceVersion: '7' });
    const metadata = JSON.parse(moved.text.slice(moved.metadataStart, moved.metadataEnd)) as object;
    assert.deepEqual(metadata, parseStored(moved).metadata);
  });

  it('writes no version for an object that is not kept', () => {
    assert.equal(parseStored(storeObject(kind, secret, 0)).metadata.resourceVersion, undefined);
  });

  it('orders by namespace, slash and name, as etcd does', () => {
    const keys = [
      { namespace: 'a', name: 'x' },
      { namespace: 'a-b', name: 'x' },
    ].map(storageKey);
    assert.deepEqual(keys.toSorted(), ['a-b/x', 'a/x']);
  });
});
