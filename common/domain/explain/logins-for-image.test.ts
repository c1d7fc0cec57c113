import assert from 'node:assert/strict';
import { parseImageReference } from './image-reference.ts';
import { loginsForImage } from './logins-for-image.ts';

describe('loginsForImage', () => {
  const found = (image: string, ...hosts: readonly string[]): readonly string[] => {
    const parsed = parseImageReference(image);
    assert.ok(parsed !== undefined);
    return loginsForImage(
      parsed,
      hosts.map((host) => ({ host })),
    ).map(({ host }) => host);
  };

  it('takes the login of the host, also where it is written with a scheme and the version of the API', () => {
    const keys = ['a.io', 'https://a.io', 'https://a.io/v1/', 'http://a.io/v2/', 'a.io/'];
    assert.deepEqual(found('a.io/web:1', ...keys, 'b.io', 'a.io:5000'), keys);
  });

  it('takes a login for a part of a registry only for images of that part, and before that of the whole', () => {
    assert.deepEqual(found('a.io/team-a/web', 'a.io', 'a.io/team-a', 'a.io/team-b'), ['a.io/team-a', 'a.io']);
  });

  it('takes globs for one part of the name each', () => {
    const keys = ['*.example.com', 'reg-?.example.com', '*.example.com:5000', '*.com', '*'];
    assert.deepEqual(found('reg-1.example.com/web', ...keys), ['reg-?.example.com', '*.example.com']);
    assert.deepEqual(found('reg-1.example.com:5000/web', ...keys), ['*.example.com:5000']);
  });

  it('takes what docker writes for Docker Hub, where no key names it', () => {
    const docker = 'https://index.docker.io/v1/';
    for (const image of ['nginx', 'library/nginx:1', 'docker.io/nginx', 'index.docker.io/library/nginx'])
      assert.deepEqual(found(image, docker, 'a.io'), [docker], image);
    assert.deepEqual(found('nginx', docker, 'docker.io'), ['docker.io']);
    assert.deepEqual(found('a.io/web', docker), []);
  });

  it('tries the logins of equal keys in the order of the pull secrets', () => {
    const image = { host: 'a.io', repository: 'web', reference: '1' };
    const logins = [1, 2, 3].map((secret) => ({ host: 'a.io', secret }));
    assert.deepEqual(loginsForImage(image, logins), logins);
  });
});
