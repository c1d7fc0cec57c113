import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import type { ObservedAccount } from '../../../domain/namespaces/observation.ts';
import { attachPatch, detachPatch } from './json-patches.ts';

const guards = [
  { op: 'test', path: '/metadata/uid', value: 'uid-1' },
  { op: 'test', path: '/metadata/resourceVersion', value: '42' },
];

describe('the patch that attaches', () => {
  it('makes the list where there is none', () => {
    assert.deepEqual(parsed(attachPatch(account([]), ['ours'])), [
      ...guards,
      { op: 'add', path: '/imagePullSecrets', value: [{ name: 'ours' }] },
    ]);
  });

  it('appends to a list', () => {
    assert.deepEqual(parsed(attachPatch(account(['theirs']), ['ours', 'ours-1'])), [
      ...guards,
      { op: 'add', path: '/imagePullSecrets/-', value: { name: 'ours' } },
      { op: 'add', path: '/imagePullSecrets/-', value: { name: 'ours-1' } },
    ]);
  });

  it('is not needed when every name is there', () => {
    assert.equal(attachPatch(account(['ours']), ['ours']), undefined);
  });
});

describe('the patch that detaches', () => {
  it('removes from the back', () => {
    assert.deepEqual(parsed(detachPatch(account(['ours', 'theirs', 'ours']), ['ours'])), [
      ...guards,
      { op: 'remove', path: '/imagePullSecrets/2' },
      { op: 'remove', path: '/imagePullSecrets/0' },
    ]);
  });

  it('removes the list when nothing would be left in it', () => {
    assert.deepEqual(parsed(detachPatch(account(['ours']), ['ours'])), [
      ...guards,
      { op: 'remove', path: '/imagePullSecrets' },
    ]);
  });

  it('is not needed when no name is there', () => {
    assert.equal(detachPatch(account(['theirs']), ['ours']), undefined);
  });
});

describe('both patches', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'ours', 'ours-1'), { maxLength: 6 });

  it('keep every foreign entry and their order', () => {
    fc.assert(
      fc.property(names, fc.subarray(['ours', 'ours-1']), (pullSecrets, ours) => {
        const before = account(pullSecrets);
        const attached = applied(pullSecrets, attachPatch(before, ours));
        assert.deepEqual(attached.slice(0, pullSecrets.length), pullSecrets);
        assert.deepEqual(
          ours.filter((name) => !attached.includes(name)),
          [],
        );
        const detached = applied(attached, detachPatch(account(attached), ours));
        assert.deepEqual(
          detached,
          pullSecrets.filter((name) => !ours.includes(name)),
        );
      }),
    );
  });
});

function account(pullSecrets: readonly string[]): ObservedAccount {
  return {
    namespace: 'shop',
    name: 'default',
    uid: 'uid-1',
    resourceVersion: '42',
    labels: {},
    ignored: false,
    pullSecrets,
    createdAt: 0,
  };
}

type Operation = { readonly op: string; readonly path: string; readonly value?: unknown };

function parsed(patch: string | undefined): readonly Operation[] {
  assert.ok(patch);
  return JSON.parse(patch) as readonly Operation[];
}

/** What RFC 6902 makes of the list. */
function applied(pullSecrets: readonly string[], patch: string | undefined): readonly string[] {
  let list = [...pullSecrets];
  for (const { op, path, value } of patch === undefined ? [] : parsed(patch)) {
    if (op === 'add' && path === '/imagePullSecrets') list = (value as { name: string }[]).map(({ name }) => name);
    else if (op === 'add') list.push((value as { name: string }).name);
    else if (op === 'remove' && path === '/imagePullSecrets') list = [];
    else if (op === 'remove') list.splice(Number(path.split('/')[2]), 1);
  }
  return list;
}
