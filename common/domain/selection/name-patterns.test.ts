import assert from 'node:assert/strict';
import { matchesName } from './name-patterns.ts';

describe('matchesName', () => {
  const cases: readonly (readonly [include: string[], exclude: string[], name: string, expected: boolean])[] = [
    [['default'], [], 'default', true],
    [['default'], [], 'default2', false],
    [['*'], [], 'anything', true],
    [['team-*'], [], 'team-a', true],
    [['team-*'], [], 'team-', true],
    [['team-*'], [], 'team', false],
    [['*-prod'], [], 'shop-prod', true],
    [['*-prod'], [], 'shop-prod-2', false],
    [['a*b*c'], [], 'aXbXbXc', true],
    [['a*b*c'], [], 'aXcXb', false],
    [['team-?'], [], 'team-a', true],
    [['team-?'], [], 'team-ab', false],
    [['team-?'], [], 'team-', false],
    [['?*'], [], '', false],
    [['shop', 'team-*'], [], 'team-x', true],
    [['*'], ['kube-*'], 'kube-system', false],
    [['*'], ['kube-*'], 'shop', true],
    [['team-a'], ['team-*'], 'team-a', false],
    [[], [], 'shop', false],
    [['a.c'], [], 'abc', false],
  ];
  for (const [include, exclude, name, expected] of cases) {
    it(`${expected ? 'selects' : 'leaves out'} "${name}" for ${JSON.stringify(include)} without ${JSON.stringify(exclude)}`, () => {
      assert.equal(matchesName({ include, exclude }, name), expected);
    });
  }

  it('needs no more than pattern times name steps', () => {
    assert.equal(matchesName({ include: ['*a'.repeat(100) + 'b'], exclude: [] }, 'a'.repeat(10_000)), false);
  });
});
