import assert from 'node:assert/strict';
import { registryOfConfigKey, registryOfImage } from './image-registry.ts';

describe('the registry of an image', () => {
  const cases: readonly (readonly [image: string, registry: string])[] = [
    ['a-registry.cn-hangzhou.cr.aliyuncs.com/team/web:1', 'a-registry.cn-hangzhou.cr.aliyuncs.com'],
    ['registry.example.com:5000/web@sha256:00', 'registry.example.com:5000'],
    ['localhost/web', 'localhost'],
    ['localhost:5000/web', 'localhost:5000'],
    ['busybox', 'docker.io'],
    ['busybox:1.36', 'docker.io'],
    ['team/web', 'docker.io'],
    ['index.docker.io/library/busybox', 'docker.io'],
    ['', 'docker.io'],
  ];
  for (const [image, registry] of cases) {
    it(`of "${image}" is ${registry}`, () => assert.equal(registryOfImage(image), registry));
  }

  it('is found in the keys of a docker config too', () => {
    assert.equal(registryOfConfigKey('https://index.docker.io/v1/'), 'docker.io');
    assert.equal(registryOfConfigKey('registry.example.com:5000'), 'registry.example.com:5000');
    assert.equal(registryOfConfigKey('registry.example.com/team'), 'registry.example.com');
  });
});
