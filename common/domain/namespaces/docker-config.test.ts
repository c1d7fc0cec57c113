import assert from 'node:assert/strict';
import { parseDockerConfig, passwordLogin, readLogin, readPasswordLogin, renderDockerConfig } from './docker-config.ts';
import { SecretText } from '../secret-text.ts';

const login = passwordLogin('cr_temp_user', new SecretText('p'), 'a@b.c');

describe('a docker config', () => {
  it('is what docker login writes, with the e-mail address when there is one', () => {
    assert.deepEqual(JSON.parse(renderDockerConfig([{ host: 'r.io:5000', login }]).reveal()), {
      auths: { 'r.io:5000': { username: 'cr_temp_user', password: 'p', email: 'a@b.c', auth: 'Y3JfdGVtcF91c2VyOnA=' } },
    });
  });

  it('has the same bytes in whichever order the entries come', () => {
    const [a, b] = [
      { host: 'a.io', login },
      { host: 'b.io', login },
    ];
    assert.equal(renderDockerConfig([a, b]).reveal(), renderDockerConfig([b, a]).reveal());
  });

  it('is read back as it was written', () => {
    const read = parseDockerConfig(renderDockerConfig([{ host: 'a.io', login }]));
    assert.deepEqual(
      read?.map(({ host, login: each }) => [
        host,
        readPasswordLogin(each)?.username,
        readPasswordLogin(each)?.password.reveal(),
      ]),
      [['a.io', 'cr_temp_user', 'p']],
    );
  });

  it('keeps a login of another form as it is', () => {
    const [entry] =
      parseDockerConfig(new SecretText('{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"}}}')) ?? [];
    assert.equal(entry?.login.reveal(), '{"auth":"dTpw"}');
  });

  it('gives user and password of a login that has only auth, and none of one without a colon', () => {
    const read = (text: string) => readLogin(new SecretText(text));
    assert.deepEqual(
      [read('{"auth":"dTpwOnE="}')?.username, read('{"auth":"dTpwOnE="}')?.password.reveal()],
      ['u', 'p:q'],
    );
    assert.equal(read('{"auth":"dQ=="}'), undefined);
    assert.equal(read('{}'), undefined);
  });

  for (const text of ['', '{', '[]', '{"auths":[]}', '{"auths":{"a.io":"b"}}']) {
    it(`is not read from ${JSON.stringify(text)}`, () => {
      assert.equal(parseDockerConfig(new SecretText(text)), undefined);
    });
  }
});
