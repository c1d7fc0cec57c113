import assert from 'node:assert/strict';
import { mayReceiveToken } from './registry-host.ts';

const nobody = { discovered: [], allowed: [] };

describe('mayReceiveToken', () => {
  it('lets Alibaba Cloud’s own hosts have it, with or without a port', () => {
    for (const host of ['a-registry.cn-hangzhou.cr.aliyuncs.com', 'registry-vpc.cn-beijing.aliyuncs.com:5000']) {
      assert.equal(mayReceiveToken(host, nobody), true);
    }
  });

  it('lets a custom domain have it that the instance named as its own', () => {
    assert.equal(mayReceiveToken('images.example.com', { ...nobody, discovered: ['images.example.com'] }), true);
  });

  it('lets a host have it that the operator allowed, at any port or at one', () => {
    assert.equal(mayReceiveToken('127.0.0.1:5000', { ...nobody, allowed: ['127.0.0.1'] }), true);
    assert.equal(mayReceiveToken('127.0.0.1:5000', { ...nobody, allowed: ['127.0.0.1:5000'] }), true);
    assert.equal(mayReceiveToken('127.0.0.1:5001', { ...nobody, allowed: ['127.0.0.1:5000'] }), false);
  });

  for (const host of [
    'evil.example',
    'aliyuncs.com.evil.example',
    'evil-aliyuncs.com',
    'aliyuncs.com',
    'a.aliyuncs.com.',
    'a.aliyuncs.com@evil.example',
  ]) {
    it(`lets ${host} have nothing`, () => {
      assert.equal(mayReceiveToken(host, nobody), false);
    });
  }
});
