import assert from 'node:assert/strict';
import { parseImageReference } from './image-reference.ts';

describe('parseImageReference', () => {
  const good: readonly (readonly [string, readonly string[]])[] = [
    ['a.cn-hangzhou.cr.aliyuncs.com/shop/web:1', ['a.cn-hangzhou.cr.aliyuncs.com', 'shop/web', '1']],
    ['127.0.0.1:5000/web', ['127.0.0.1:5000', 'web', 'latest']],
    [`a.io/web:1@sha256:${'0'.repeat(64)}`, ['a.io', 'web', `sha256:${'0'.repeat(64)}`]],
  ];
  for (const [text, parts] of good) {
    it(`takes ${text.slice(0, 40)} apart`, () => {
      const { host = '', repository = '', reference = '' } = parseImageReference(text) ?? {};
      assert.deepEqual([host, repository, reference], parts);
    });
  }

  for (const text of [
    'nginx',
    'library/nginx:1',
    'a.io/',
    'a.io/We b',
    'a.io/web:',
    'https://a.io/web:1',
    'a.io/../v2:1',
    '',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseImageReference(text), undefined));
  }
});
