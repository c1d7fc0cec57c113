import assert from 'node:assert/strict';
import { adviceForImage, describeImage, parseImageReference } from './image-reference.ts';

describe('parseImageReference', () => {
  const good: readonly (readonly [string, readonly string[]])[] = [
    ['a.cn-hangzhou.cr.aliyuncs.com/shop/web:1', ['a.cn-hangzhou.cr.aliyuncs.com', 'shop/web', '1']],
    ['127.0.0.1:5000/web', ['127.0.0.1:5000', 'web', 'latest']],
    ['nginx', ['docker.io', 'library/nginx', 'latest']],
    ['team/web:1', ['docker.io', 'team/web', '1']],
    ['docker.io/nginx:1', ['docker.io', 'library/nginx', '1']],
    ['index.docker.io/team/web:1', ['docker.io', 'team/web', '1']],
    ['localhost/web:1', ['localhost', 'web', '1']],
    ['[2001:db8::1]:5000/shop/web:1', ['[2001:db8::1]:5000', 'shop/web', '1']],
    [`a.io/web:1@sha256:${'0'.repeat(64)}`, ['a.io', 'web', `sha256:${'0'.repeat(64)}`]],
  ];
  for (const [text, parts] of good) {
    it(`takes ${text.slice(0, 40)} apart`, () => {
      const { host = '', repository = '', reference = '' } = parseImageReference(text) ?? {};
      assert.deepEqual([host, repository, reference], parts);
    });
  }

  for (const text of [
    'a.io/',
    'Nginx',
    'a.io/Web:1',
    'a.io/We b',
    'a.io/web:',
    'https://a.io/web:1',
    'a.io/../v2:1',
    '',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseImageReference(text), undefined));
  }
});

describe('describeImage', () => {
  it('writes a tag behind a colon and a digest behind an @', () => {
    const image = { host: 'a.io', repository: 'web' };
    assert.equal(describeImage({ ...image, reference: '1' }), 'a.io/web:1');
    assert.equal(
      describeImage({ ...image, reference: `sha256:${'0'.repeat(64)}` }),
      `a.io/web@sha256:${'0'.repeat(64)}`,
    );
  });
});

describe('adviceForImage', () => {
  const advice: readonly (readonly [string, string])[] = [
    ['https://a.io/web:1', 'write it without https://'],
    ['a.io/Shop/Web:1', 'the names of repositories are in lower case: a.io/shop/web:1'],
    ['a.io/', 'write HOST/REPO:TAG or HOST/REPO@DIGEST'],
    ['', 'write HOST/REPO:TAG or HOST/REPO@DIGEST'],
  ];
  for (const [text, expected] of advice)
    it(`says of ${JSON.stringify(text)} what to write`, () => assert.equal(adviceForImage(text), expected));
});
