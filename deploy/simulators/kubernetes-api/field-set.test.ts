import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatFieldSet, intersect, isEmptyFieldSet, parseFieldSet, pathsOf, subtract, unite } from './field-set.ts';
import type { FieldSet } from './field-set.ts';

const step = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"y"');
const { node } = fc.letrec<{ node: FieldSet }>((tie) => ({
  node: fc.record({
    member: fc.boolean(),
    children: fc
      .option(fc.array(fc.tuple(step, tie('node')), { maxLength: 3 }), { nil: [], maxDepth: 3, depthSize: 'small' })
      .map((all) => new Map(all)),
  }),
}));
/** Only sets without empty branches are sets that anybody can write down. */
const set = node
  .map((any) => subtract({ ...any, member: false }, { member: false, children: new Map() }))
  .map(withoutEmpty);

describe('field sets', () => {
  it('survive being written down and read again', () => {
    fc.assert(
      fc.property(set, (fields) => assert.deepEqual(pathsOf(parseFieldSet(formatFieldSet(fields))), pathsOf(fields))),
    );
  });

  it('obey the laws of sets', () => {
    fc.assert(
      fc.property(set, set, (left, right) => {
        const [l, r] = [new Set(pathsOf(left)), new Set(pathsOf(right))];
        assert.deepEqual(pathsOf(unite(left, right)), [...new Set([...l, ...r])].toSorted());
        assert.deepEqual(pathsOf(subtract(left, right)), [...l].filter((path) => !r.has(path)).toSorted());
        assert.deepEqual(pathsOf(intersect(left, right)), [...l].filter((path) => r.has(path)).toSorted());
        assert.ok(isEmptyFieldSet(subtract(left, left)));
      }),
    );
  });

  it('print keyed items and values as conflicts name them', () => {
    const fields = { 'f:secrets': { 'k:{"name":"s1"}': {} }, 'f:metadata': { 'f:finalizers': { 'v:"x"': {} } } };
    assert.deepEqual(pathsOf(parseFieldSet(fields)), ['.metadata.finalizers[="x"]', '.secrets[name="s1"]']);
  });
});

function withoutEmpty({ member, children }: FieldSet): FieldSet {
  const kept = [...children].map(([key, child]) => [key, withoutEmpty(child)] as const);
  return { member, children: new Map(kept.filter(([, child]) => !isEmptyFieldSet(child))) };
}
