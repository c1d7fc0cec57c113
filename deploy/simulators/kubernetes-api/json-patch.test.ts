import assert from 'node:assert/strict';
import { applyJsonPatch, PatchFailed } from './json-patch.ts';
import type { Json } from './json.ts';

/** Cases of RFC 6902, appendix A, and the corners of pointers. */
const cases: readonly {
  readonly name: string;
  readonly document: Json;
  readonly patch: Json;
  readonly result?: Json;
}[] = [
  { name: 'adds a field', document: { a: 1 }, patch: [{ op: 'add', path: '/b', value: 2 }], result: { a: 1, b: 2 } },
  {
    name: 'inserts into a list',
    document: { l: [1, 3] },
    patch: [{ op: 'add', path: '/l/1', value: 2 }],
    result: { l: [1, 2, 3] },
  },
  {
    name: 'appends to a list',
    document: { l: [1] },
    patch: [{ op: 'add', path: '/l/-', value: 2 }],
    result: { l: [1, 2] },
  },
  {
    name: 'removes an item',
    document: { l: [1, 2, 3] },
    patch: [{ op: 'remove', path: '/l/1' }],
    result: { l: [1, 3] },
  },
  {
    name: 'moves',
    document: { a: { x: 1 }, b: {} },
    patch: [{ op: 'move', from: '/a/x', path: '/b/y' }],
    result: { a: {}, b: { y: 1 } },
  },
  {
    name: 'copies deeply',
    document: { a: [1] },
    patch: [
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'add', path: '/b/-', value: 2 },
    ],
    result: { a: [1], b: [1, 2] },
  },
  {
    name: 'unescapes ~1 and ~0',
    document: { 'a/b~c': 1 },
    patch: [{ op: 'replace', path: '/a~1b~0c', value: 2 }],
    result: { 'a/b~c': 2 },
  },
  {
    name: 'tests objects regardless of their order',
    document: { a: { x: 1, y: 2 } },
    patch: [{ op: 'test', path: '/a', value: { y: 2, x: 1 } }],
    result: { a: { x: 1, y: 2 } },
  },
  {
    name: 'replaces the whole document',
    document: { a: 1 },
    patch: [{ op: 'replace', path: '', value: { b: 1 } }],
    result: { b: 1 },
  },
  { name: 'refuses a failing test', document: { a: 1 }, patch: [{ op: 'test', path: '/a', value: '1' }] },
  { name: 'refuses to remove what is missing', document: {}, patch: [{ op: 'remove', path: '/a' }] },
  { name: 'refuses a position after the end', document: { l: [] }, patch: [{ op: 'add', path: '/l/1', value: 1 }] },
  { name: 'refuses a position that is no number', document: { l: [1] }, patch: [{ op: 'remove', path: '/l/01' }] },
  { name: 'refuses a missing parent', document: {}, patch: [{ op: 'add', path: '/a/b', value: 1 }] },
  { name: 'refuses an operation without its value', document: {}, patch: [{ op: 'add', path: '/a' }] },
  { name: 'refuses a path that is no pointer', document: {}, patch: [{ op: 'add', path: 'a', value: 1 }] },
  { name: 'refuses a patch that is no list', document: {}, patch: {} },
];

describe('applyJsonPatch', () => {
  for (const { name, document, patch, result } of cases) {
    it(name, () => {
      if (result === undefined) assert.throws(() => applyJsonPatch(document, patch), PatchFailed);
      else assert.deepEqual(applyJsonPatch(document, patch), result);
    });
  }
});
