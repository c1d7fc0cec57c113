import assert from 'node:assert/strict';
import { domainSecretName, isNumbered, numbered } from './secret-naming.ts';

/** Names that the original component was seen to use, and the domains that they stand for. */
const seen = {
  'registry.cn-shenzhen.aliyuncs.com': '560b66540f01e51c18524b09ad7f575f',
  'registry-vpc.cn-shenzhen.aliyuncs.com': '6731ef77d88edc24b279ebf20860f30f',
  'registry-internal.cn-shenzhen.aliyuncs.com': '5dee66918cdf5d93de4aa5cd90247f73',
  'registry-intl.cn-shenzhen.aliyuncs.com': 'be55512166dd26eda658d0706de5a06a',
  'registry-intl-vpc.cn-shenzhen.aliyuncs.com': 'bab42ef118a2913b05cd8cdb95441d70',
  'registry-internal.cn-hangzhou.aliyuncs.com': '518dfd1883737c2a6bde99ed6fee583c',
};

describe('domainSecretName', () => {
  for (const [host, hash] of Object.entries(seen)) {
    it(`is the name that the original gave the Secret of ${host}`, () => {
      assert.equal(domainSecretName(host), `acr-credential-${hash}`);
    });
  }
});

describe('numbered', () => {
  it('leaves the first name as it is and counts from the second on', () => {
    assert.deepEqual([numbered('name', 0), numbered('name', 1), numbered('name', 2)], ['name', 'name-1', 'name-2']);
  });
});

describe('isNumbered', () => {
  it('recognises the name with a number, and nothing that only begins like it', () => {
    const candidates = ['name', 'name-1', 'name-12', 'name-', 'name-x', 'name-1x', 'name1', 'names-1'];
    assert.deepEqual(
      candidates.filter((candidate) => isNumbered(candidate, 'name')),
      ['name-1', 'name-12'],
    );
  });
});
