import assert from 'node:assert/strict';
import fc from 'fast-check';
import { coreKind } from './kinds.ts';
import { storageKey } from './stored-object.ts';
import { Store } from './store.ts';

const kind = coreKind('configmaps');
const write = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  namespace: fc.constantFrom('x', 'y'),
  remove: fc.boolean(),
});

describe('Collection', () => {
  it('lists any remembered version exactly as it was then', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 40 }), (writes) => {
        const store = new Store(1000);
        const collection = store.collection(kind);
        const shown = (version: number): readonly string[] | undefined =>
          collection.listAt(undefined, version)?.map((stored) => `${storageKey(stored)}@${stored.version}`);
        const then = new Map<number, readonly string[]>();
        for (const { name, namespace, remove } of writes) {
          const live = store.get(kind, namespace, name);
          if (remove && live !== undefined) store.remove(kind, live);
          else store.put(kind, { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace } });
          then.set(
            store.version,
            collection.list(undefined).map((stored) => `${storageKey(stored)}@${stored.version}`),
          );
        }
        for (const [version, objects] of then) assert.deepEqual(shown(version), objects);
      }),
    );
  });

  it('does not list a version that is forgotten', () => {
    const store = new Store(1000);
    store.put(kind, { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', namespace: 'x' } });
    const { version } = store;
    store.put(kind, { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'b', namespace: 'x' } });
    store.compact();
    assert.equal(store.collection(kind).listAt(undefined, version), undefined);
  });
});
