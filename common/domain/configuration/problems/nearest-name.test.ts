import assert from 'node:assert/strict';
import { editDistance, nearestNames } from './nearest-name.ts';
import { entryFields, webhookFields } from '../entries/field-schema.ts';
import { keys } from '../schema.ts';

describe('nearestNames', () => {
  const cases: readonly (readonly [string, Parameters<typeof nearestNames>[1], string | undefined])[] = [
    ['asumeRoleARN', entryFields, 'assumeRoleARN'],
    ['assumeRoleArn', entryFields, 'assumeRoleARN'],
    ['regoinId', entryFields, 'regionId'],
    ['region', entryFields, 'regionId'],
    ['domian', entryFields, 'domains'],
    ['instance_id', entryFields, 'instanceId'],
    ['instance', entryFields, 'instanceId'],
    ['accessKeyId', entryFields, 'customAccessKey'],
    ['note', entryFields, undefined],
    ['name', entryFields, undefined],
    ['description', entryFields, undefined],
    ['watchNamespace', keys, 'watch-namespace'],
    ['AcrInstanceInfo', keys, 'acr-registry-info'],
    ['rsra', keys, 'rrsa'],
    ['acr', keys, undefined],
    ['owner', keys, undefined],
    ['x'.repeat(100_000), keys, undefined],
    ['timeout', webhookFields, 'timeout-seconds'],
    ['failurePolicy', webhookFields, 'failure-policy'],
  ];
  for (const [found, known, expected] of cases) {
    it(`takes ${found.slice(0, 30)} for ${expected ?? 'nothing that is known'}`, () => {
      assert.deepEqual(nearestNames(found, known), expected === undefined ? [] : [expected]);
    });
  }

  it('names both fields that a name may stand for', () => {
    assert.deepEqual(nearestNames('roleArn', entryFields), ['assumeRoleARN', 'rrsaRoleARN']);
  });

  it('takes no known name for another one', () => {
    for (const { name } of entryFields) assert.deepEqual(nearestNames(name, entryFields), [name]);
  });
});

describe('editDistance', () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['abc', 'abcd', 1],
    ['bc', 'abc', 1],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['abcd', 'badc', 2],
  ];
  for (const [a, b, distance] of cases) {
    it(`is ${distance} between "${a}" and "${b}"`, () => {
      assert.equal(editDistance(a, b), distance);
    });
  }
});
