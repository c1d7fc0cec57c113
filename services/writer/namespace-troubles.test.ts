import assert from 'node:assert/strict';
import { Failure } from '../../common/domain/failure.ts';
import { NamespaceTroubles } from './namespace-troubles.ts';

const shop = { name: 'shop', uid: 'u' };
const foreign = { leftAlone: [{ secret: 'ours', reason: 'not-ours' }] } as const;
const forbidden = { leftAlone: [], failure: new Failure('kubernetes-forbidden', 'no right') };

describe('NamespaceTroubles', () => {
  let reported: string[];
  let troubles: NamespaceTroubles;

  beforeEach(() => {
    reported = [];
    troubles = new NamespaceTroubles(({ kind }) => void reported.push(kind));
  });

  it('says nothing of a namespace without trouble', () => {
    troubles.update(shop, { leftAlone: [] });
    assert.deepEqual(reported, []);
  });

  it('reports a trouble when it begins, and not again while it lasts', () => {
    for (let count = 0; count < 3; count++) troubles.update(shop, foreign);
    assert.deepEqual(reported, ['secret-left-alone']);
  });

  it('reports when it becomes another, and when it is over', () => {
    troubles.update(shop, foreign);
    troubles.update(shop, forbidden);
    troubles.update(shop, { leftAlone: [] });
    troubles.update(shop, { leftAlone: [] });
    assert.deepEqual(reported, ['secret-left-alone', 'namespace-blocked', 'namespace-recovered']);
  });

  it('reports anew for a namespace that was made anew under the same name', () => {
    troubles.update(shop, foreign);
    troubles.update({ ...shop, uid: 'another' }, foreign);
    assert.equal(reported.length, 2);
  });
});
