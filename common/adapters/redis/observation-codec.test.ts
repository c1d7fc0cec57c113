import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import { planRelevance } from '../../domain/namespaces/observation-changes.ts';
import type { ObservedAccount, ObservedNamespace, ObservedSecret } from '../../domain/namespaces/observation.ts';
import { decodeNamespace, encodeState } from './observation-codec.ts';

describe('codec of observations', () => {
  it('reads every state as it was written', () => {
    fc.assert(
      fc.property(anyNamespace, anyAccount, anySecret, (namespace, account, secret) => {
        const fields = {
          namespace: encodeState({ kind: 'namespace', namespace: 'shop', resourceVersion: '1', state: namespace }),
          'account:web': encodeAccount(account),
          'secret:ours': encodeState({ ...key, kind: 'secret', name: 'ours', state: secret }),
        };
        const expected = { name: 'shop', namespace, accounts: [account], secrets: [secret] };
        assert.deepEqual(decodeNamespace('shop', fields, assert.fail), expected);
      }),
    );
  });

  it('ends in the same text exactly where nothing differs that a plan may depend on', () => {
    fc.assert(
      fc.property(anyAccount, anyAccount, fc.boolean(), (before, other, same) => {
        const after = same ? { ...before, resourceVersion: '77' } : other;
        assert.equal(
          endOf(encodeAccount(before)) !== endOf(encodeAccount(after)),
          planRelevance(before) !== planRelevance(after),
        );
      }),
    );
  });

  it('leaves out and tells of every field that it cannot read, and ignores kinds of a newer version', () => {
    const broken = [
      '',
      'x',
      '1 2',
      '1 2 {',
      '1 2 {}',
      '1 2 []',
      '1 2 ["u",0,{},"x"]',
      '1 2 ["u",0,[],[]]',
      'a b ["u",0,{},[]]',
    ];
    const fields = Object.fromEntries(broken.map((text, index) => [`account:${String(index)}`, text]));
    const told: string[] = [];
    const read = decodeNamespace('shop', { ...fields, namespace: '5 x [7]', 'later:x': '' }, (field) =>
      told.push(field),
    );
    assert.deepEqual(read, { name: 'shop', accounts: [], secrets: [] });
    assert.equal(told.length, broken.length + 1);
  });
});

const key = { namespace: 'shop', resourceVersion: '1' } as const;
const anyLabels = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 3, noNullPrototype: true });

const anyNamespace: fc.Arbitrary<ObservedNamespace> = fc.record(
  {
    name: fc.constant('shop'),
    uid: fc.uuid(),
    resourceVersion: fc.constant('1'),
    terminating: fc.boolean(),
    labels: anyLabels,
    ignored: fc.boolean(),
    createdAt: fc.nat(),
    seenAt: fc.nat(),
  },
  {
    requiredKeys: ['name', 'uid', 'resourceVersion', 'terminating', 'labels', 'ignored', 'createdAt'],
    noNullPrototype: true,
  },
);

const anyAccount: fc.Arbitrary<ObservedAccount> = fc.record(
  {
    namespace: fc.constant('shop'),
    name: fc.constant('web'),
    uid: fc.constantFrom('u1', 'u2'),
    resourceVersion: fc.constant('1'),
    labels: anyLabels,
    ignored: fc.boolean(),
    pullSecrets: fc.array(fc.string(), { maxLength: 2 }),
    createdAt: fc.nat(),
    seenAt: fc.nat(),
  },
  {
    requiredKeys: ['namespace', 'name', 'uid', 'resourceVersion', 'labels', 'ignored', 'pullSecrets', 'createdAt'],
    noNullPrototype: true,
  },
);

const anySecret: fc.Arbitrary<ObservedSecret> = fc.record(
  {
    namespace: fc.constant('shop'),
    name: fc.constant('ours'),
    uid: fc.uuid(),
    resourceVersion: fc.constant('1'),
    managedBy: fc.string(),
    version: fc.string(),
    sources: fc.string({ unit: 'grapheme' }),
    ownsData: fc.boolean(),
    writtenBy: fc.string(),
  },
  { requiredKeys: ['namespace', 'name', 'uid', 'resourceVersion', 'ownsData'], noNullPrototype: true },
);

function encodeAccount(state: ObservedAccount): string {
  return encodeState({ ...key, kind: 'account', name: 'web', state });
}

/** What the script compares. */
function endOf(text: string): string {
  return text.split(' ').slice(2).join(' ');
}
