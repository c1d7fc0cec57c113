import assert from 'node:assert/strict';

import { belongsToList, isPlanRelevant, listKeyOf } from './observation-changes.ts';
import type { ObservedAccount, ObservedNamespace, ObservedSecret } from './observation.ts';

describe('isPlanRelevant', () => {
  it('says no to a new version alone, for each kind', () => {
    for (const state of [namespace, account, secret]) {
      assert.equal(isPlanRelevant(state, { ...state, resourceVersion: '2' }), false);
    }
  });

  it('says yes where something appears or goes, and no where nothing is', () => {
    assert.equal(isPlanRelevant(undefined, account), true);
    assert.equal(isPlanRelevant(account, undefined), true);
    assert.equal(isPlanRelevant(undefined, undefined), false);
  });

  it('says yes to every field of a namespace that a plan reads', () => {
    const changes = [{ uid: 'b' }, { terminating: true }, { labels: { a: '2' } }, { labels: {} }, { ignored: true }];
    for (const change of changes) assert.equal(isPlanRelevant(namespace, { ...namespace, ...change }), true);
  });

  it('says yes to every field of an account that a plan reads', () => {
    const changes = [
      { uid: 'b' },
      { labels: {} },
      { ignored: true },
      { pullSecrets: ['y', 'x'] },
      { pullSecrets: ['x'] },
      { pullSecrets: [] },
    ];
    for (const change of changes) assert.equal(isPlanRelevant(account, { ...account, ...change }), true);
  });

  it('says yes to every field of a Secret that a plan reads', () => {
    const changes = [
      { uid: 'b' },
      { managedBy: undefined },
      { version: 'w' },
      { sources: undefined },
      { ownsData: false },
    ];
    for (const change of changes) assert.equal(isPlanRelevant(secret, { ...secret, ...change }), true);
  });

  it('says no to a reference that was added behind the others: the echo of an attachment', () => {
    assert.equal(isPlanRelevant(account, { ...account, pullSecrets: ['x', 'y', 'ours'] }), false);
  });

  it('says no to a Secret that we wrote, also when the event comes before the answer', () => {
    const ours = { ...secret, managedBy: 'acr-credential-helper' };
    assert.equal(isPlanRelevant(undefined, ours), false);
    assert.equal(isPlanRelevant(ours, { ...ours, version: 'w' }), false);
  });

  it('says no to a renewal, and yes to logins of other sources or hosts: another helper may have written them', () => {
    const sources = (id: string, issuedAt: string): string =>
      JSON.stringify([{ id, hosts: ['a.io'], discovered: false, issuedAt, expiresAt: `${issuedAt}+1` }]);
    const ours = { ...secret, managedBy: 'acr-credential-helper', sources: sources('a', '1') };
    assert.equal(isPlanRelevant(ours, { ...ours, version: 'w', sources: sources('a', '2') }), false);
    assert.equal(isPlanRelevant(ours, { ...ours, version: 'w', sources: sources('b', '1') }), true);
  });

  it('says yes to a Secret of ours that somebody edited, took over, deleted or made anew', () => {
    const ours = { ...secret, managedBy: 'acr-credential-helper' };
    const foreign = [{ ownsData: false }, { managedBy: 'helm' }, { uid: 'b' }];
    for (const change of foreign) assert.equal(isPlanRelevant(ours, { ...ours, ...change }), true);
    assert.equal(isPlanRelevant(ours, undefined), true);
  });

  it('says no to labels in another order', () => {
    const [before, after] = [
      { ...account, labels: { a: '1', b: '2' } },
      { ...account, labels: { b: '2', a: '1' } },
    ];
    assert.equal(isPlanRelevant(before, after), false);
  });
});

describe('lists', () => {
  it('name a namespace by its name and everything else by namespace/name', () => {
    assert.equal(listKeyOf({ kind: 'namespace', namespace: 'shop', resourceVersion: '1' }), 'shop');
    assert.equal(listKeyOf({ kind: 'account', namespace: 'shop', name: 'web', resourceVersion: '1' }), 'shop/web');
  });

  it('of Secrets speak about one name only', () => {
    const object = { kind: 'secret', namespace: 'shop', name: 'ours', resourceVersion: '1' } as const;
    assert.equal(belongsToList(object, 'ours'), true);
    assert.equal(belongsToList(object, 'theirs'), false);
    assert.equal(belongsToList({ ...object, kind: 'account' }, 'theirs'), true);
  });
});

const namespace: ObservedNamespace = {
  name: 'shop',
  uid: 'a',
  resourceVersion: '1',
  terminating: false,
  labels: { a: '1' },
  ignored: false,
  createdAt: 1,
};

const account: ObservedAccount = {
  namespace: 'shop',
  name: 'web',
  uid: 'a',
  resourceVersion: '1',
  labels: { a: '1' },
  ignored: false,
  pullSecrets: ['x', 'y'],
  createdAt: 1,
};

const secret: ObservedSecret = {
  namespace: 'shop',
  name: 'ours',
  uid: 'a',
  resourceVersion: '1',
  managedBy: 'm',
  version: 'v',
  sources: 's',
  ownsData: true,
};
