import assert from 'node:assert/strict';
import { setsNothing } from './emptied.ts';

describe('setsNothing', () => {
  it('is true without data', () => {
    assert.equal(setsNothing({}), true);
  });

  it('is true where the keys are there and their values are not', () => {
    assert.equal(setsNothing({ data: { 'watch-namespace': '', 'acr-registry-info': ' \n' } }), true);
  });

  it('is true where only keys are left that nobody reads', () => {
    assert.equal(setsNothing({ data: { 'acr-api-version': '2018-12-01', 'somebody-elses': 'x' } }), true);
  });

  it('is false with one value', () => {
    assert.equal(setsNothing({ data: { 'watch-namespace': 'default' } }), false);
  });

  it('is false with a value under binaryData', () => {
    assert.equal(setsNothing({ binaryData: { 'watch-namespace': 'c2hvcA==' } }), false);
  });
});
