import assert from 'node:assert/strict';
import { maskSecrets } from './mask-secrets.ts';

describe('maskSecrets', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['customAccessKeySecret: abc', 'customAccessKeySecret: ***'],
    ['customAccessKeySecret: "abc" # note', 'customAccessKeySecret: "***" # note'],
    ["customAccessKeySecret: 'abc'", "customAccessKeySecret: '***'"],
    ['customAccessKeySecret:abc', 'customAccessKeySecret:***'],
    ['customAccessKeySecret = abc', 'customAccessKeySecret = ***'],
    ['customAccessKeySecret：“abc”', 'customAccessKeySecret：“***”'],
    ['customAccessKeySecret abc', 'customAccessKeySecret ***'],
    ['{"customAccessKeySecret":"abc","x":"y"}', '{"customAccessKeySecret":"***","x":"y"}'],
    ['{\\"customAccessKeySecret\\":\\"abc\\"}', '{\\"customAccessKeySecret\\":\\"***\\"}'],
    ['customaccesskeysecrets: abc', 'customaccesskeysecrets: ***'],
    ['password: abc', 'password: ***'],
    ['customAccessKeySecret: "a', 'customAccessKeySecret: "*'],
    ['accessKeySecretRef: acr-user', 'accessKeySecretRef: acr-user'],
    ['pullSecretRef: hub', 'pullSecretRef: hub'],
    ['instanceId: cri-a1', 'instanceId: cri-a1'],
    [
      '{"customAccessKey":"id","customAccessKeySecret":"abc"}',
      '{"customAccessKey":"**","customAccessKeySecret":"***"}',
    ],
  ];
  for (const [line, expected] of cases) {
    it(`shows ${JSON.stringify(line)} as ${JSON.stringify(expected)}`, () => {
      assert.equal(maskSecrets(line), expected);
    });
  }

  it('hides the line below a name that stands alone', () => {
    assert.equal(maskSecrets('    abc', '  customAccessKeySecret: |'), '    ***');
    assert.equal(maskSecrets('    abc', '  customAccessKeySecret:'), '    ***');
    assert.equal(maskSecrets('    abc', '  regionId:'), '    abc');
  });

  it('keeps the length', () => {
    const line = 'customAccessKeySecret: "abc", customAccessKeySecret: def';
    assert.equal(maskSecrets(line).length, line.length);
  });
});
