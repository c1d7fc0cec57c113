import assert from 'node:assert/strict';
import type { NamespaceStatus } from '../../../common/domain/status/status.ts';
import { searchNamespaces, windowOf } from './namespace-list.ts';

const accounts = { selected: 1, attached: 1 };
const rows: readonly NamespaceStatus[] = [
  { name: 'shop', state: 'served', reasons: [], accounts },
  { name: 'shop-test', state: 'no-credential', reasons: ['no credential of cri-a: NoPermission'], accounts },
  { name: 'pay', state: 'secret-of-another', reasons: ['Secret is not ours'], accounts },
];

function found(search: string): readonly string[] {
  return searchNamespaces(rows, search).map(({ name }) => name);
}

describe('search of namespaces', () => {
  it('finds by name, by state and by reason, in any case', () => {
    assert.deepEqual(found('SHOP'), ['shop', 'shop-test']);
    assert.deepEqual(found('left alone'), ['pay']);
    assert.deepEqual(found('nopermission'), ['shop-test']);
  });

  it('every word has to be there', () => {
    assert.deepEqual(found('shop cri-a'), ['shop-test']);
    assert.deepEqual(found('shop pay'), []);
  });

  it('without a word everything is found', () => {
    assert.equal(found('  ').length, 3);
  });
});

describe('window of rows', () => {
  it('holds what can be seen and little more, wherever the list is scrolled to', () => {
    for (const scrollTop of [0, 26, 1000, 130_000, 259_660]) {
      const { start, end } = windowOf(10_000, scrollTop, 340, 26);
      assert.ok(start <= Math.floor(scrollTop / 26) && end >= Math.min(10_000, Math.ceil((scrollTop + 340) / 26)));
      assert.ok(end - start <= 40);
    }
  });

  it('stays inside a list that became shorter than where it was scrolled to', () => {
    const { start, end } = windowOf(5, 90_000, 340, 26);
    assert.deepEqual([start <= 0, end], [true, 5]);
  });
});
