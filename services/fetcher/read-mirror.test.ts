import assert from 'node:assert/strict';
import type { MirrorSource } from '../../common/domain/credentials/credential-source.ts';
import { neverExpires } from '../../common/domain/credentials/credential.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import { now } from '../../tests/fixtures/values.ts';
import { readMirror } from './read-mirror.ts';

const source: MirrorSource = { kind: 'mirror', id: 'm', pool: 'mirror', secretName: 'other-registry' };
const text = '{"auths":{"a.io":{"auth":"dTpw"},"https://index.docker.io/v1/":{"auth":"dTpw"}}}';

function read(values: Readonly<Record<string, string>> | undefined): ReturnType<typeof readMirror> {
  const secrets = {
    readSecret: async () =>
      values && new Map(Object.entries(values).map(([key, value]) => [key, new SecretText(value)] as const)),
  };
  return readMirror(source, secrets, now);
}

describe('readMirror', () => {
  it('takes the docker config over as it is, for ever', async () => {
    const { password, ...rest } = await read({ '.dockerconfigjson': text });
    assert.equal(password.reveal(), text);
    assert.deepEqual(rest, {
      sourceId: 'm',
      username: '',
      discoveredDomains: ['a.io', 'https://index.docker.io/v1/'],
      issuedAt: now,
      expiresAt: neverExpires,
    });
  });

  it('says that there is no such Secret', async () => {
    const message = 'pullSecretRef other-registry: there is no such Secret';
    await assert.rejects(read(undefined), { code: 'mirror-secret-missing', message });
  });

  it('says that the Secret is of another kind', async () => {
    const message = 'pullSecretRef other-registry: the Secret has no key .dockerconfigjson';
    await assert.rejects(read({ password: 'p' }), { code: 'mirror-secret-invalid', message });
  });

  for (const [what, content] of [
    ['an empty text', ''],
    ['half a JSON', '{"auths":{"a.io"'],
    ['a docker config without hosts', '{"auths":{}}'],
    ['a login that is no object', '{"auths":{"a.io":"secret"}}'],
  ] as const) {
    it(`says that ${what} is no docker config, and does not repeat it`, async () => {
      const message = 'pullSecretRef other-registry: .dockerconfigjson is no docker config with "auths"';
      await assert.rejects(read({ '.dockerconfigjson': content }), { code: 'mirror-secret-invalid', message });
    });
  }
});
