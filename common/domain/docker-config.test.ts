import assert from 'node:assert/strict';
import { renderDockerConfig } from './docker-config.ts';
import { SecretText } from './secret-text.ts';

describe('renderDockerConfig', () => {
  it('is what docker login writes, with the e-mail address when there is one', () => {
    const rendered = renderDockerConfig([
      { host: 'r.io:5000', username: 'cr_temp_user', password: new SecretText('p'), email: 'a@b.c' },
    ]);
    assert.deepEqual(JSON.parse(rendered.reveal()), {
      auths: { 'r.io:5000': { username: 'cr_temp_user', password: 'p', email: 'a@b.c', auth: 'Y3JfdGVtcF91c2VyOnA=' } },
    });
  });

  it('gives the same bytes in whichever order the entries come', () => {
    const a = { host: 'a.io', username: 'u', password: new SecretText('p') };
    const b = { host: 'b.io', username: 'u', password: new SecretText('p') };
    assert.equal(renderDockerConfig([a, b]).reveal(), renderDockerConfig([b, a]).reveal());
  });
});
