import assert from 'node:assert/strict';

import { crane } from './crane.ts';

describe('crane', function () {
  this.timeout(600_000);

  it('is the pinned version', async () => {
    assert.equal((await crane(undefined, () => ['version'])).stdout.trim(), 'v0.22.1');
  });

  it('finds the credentials that it is given', async () => {
    const config = JSON.stringify({ auths: { 'registry.example': { auth: 'dXNlcjpwYXNzd29yZA==' } } });
    const found = await crane(config, () => ['auth', 'get', 'registry.example']);
    assert.deepEqual(JSON.parse(found.stdout), { Username: 'user', Secret: 'password' });
  });

  it('finds no others', async () => {
    const found = await crane(undefined, () => ['auth', 'get', 'registry.example']);
    assert.doesNotMatch(found.stdout, /"Secret":"./);
  });
});
