import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';

import { readManagedRoleToken } from './managed-role-token.ts';

/** A file that is public, from the tests of Alibaba's CSI driver. */
const csiFile = {
  'access.key.id': 'Ik032ULdaqWth2fvyigEcJHGMNNMnATo04/d+c5Jxz+bJN0Jh8fKd8A5MlNnYRwf',
  'access.key.secret': 'IDjwuQU+hced63SeMrRVBkVLQBvJu4M4KvWnYq5ysmCSZJh11xKkvUcCca6ekQnE',
  'security.token':
    'PMz8KVai+0zGFRKQgtxMzU45UWkTryLO7KHmYA5nMCCITptCT/WNx+DDYAvrYugMSorxfEAj635cr94qopN0Ehft/wfnfb0jQ+7rgSzu27aiv5I8MFptekbt4fc8vygI',
  keyring: 'fake-keyring1234',
  expiration: '2021-01-01T14:22:45Z',
};
const before = Date.parse('2021-01-01T14:00:00Z');
const path = '/var/addon/token-config';

describe('the managed role’s token file', () => {
  it('is decrypted as Alibaba’s CSI driver does', () => {
    const session = readManagedRoleToken(path, JSON.stringify(csiFile), before);

    assert.equal(session.accessKeyId, 'fake-accessKeyId');
    assert.equal(session.accessKeySecret.reveal(), 'fake-accessKeySecret');
    assert.equal(
      session.securityToken?.reveal(),
      'STS.a-loooooooooooog-and-random-aweifuhaskichvaehiwciuhiuhiu-FakeSecurityToken',
    );
    assert.equal(session.expiresAt, Date.parse('2021-01-01T14:22:45Z'));
  });

  const vectors = {
    '1234567890ABCDEF': 'MDAwMDAwMDAwMDAwMDAwMLYNtd3chkFuMG65s/uFZMYF4+1sEwJGRyFAL1P6QCkf',
    '1234567890ABCDEF12345678': 'MDAwMDAwMDAwMDAwMDAwMHkNyXXOcmfiEsjhW8JnAGZUoY1jIjl9jxEcSNriykuJ',
    '1234567890ABCDEF1234567890ABCDEF': 'MDAwMDAwMDAwMDAwMDAwMPI/9GLYhNmLCcSWxYjK9KGJAQHst6HphEJryY84Q0k8',
  };
  for (const [keyring, sealed] of Object.entries(vectors)) {
    it(`is decrypted with AES-${keyring.length * 8}`, () => {
      const file = {
        'access.key.id': sealed,
        'access.key.secret': sealed,
        'security.token': sealed,
        keyring,
        expiration: csiFile.expiration,
      };

      assert.equal(readManagedRoleToken(path, JSON.stringify(file), before).accessKeyId, 'STS.NexampleAKID');
    });
  }

  const problems: readonly (readonly [string, Readonly<Record<string, unknown>> | string, string])[] = [
    ['half a file', JSON.stringify(csiFile).slice(0, 100), 'is not a complete JSON object'],
    ['an empty file', '', 'is not a complete JSON object'],
    ['a list', '[]', 'is not a complete JSON object'],
    ['no keyring', { ...csiFile, keyring: '' }, 'has no keyring'],
    [
      'a keyring of another length',
      { ...csiFile, keyring: 'short' },
      'has a keyring of 5 bytes instead of 16, 24 or 32',
    ],
    [
      'another keyring',
      { ...csiFile, keyring: 'fake-keyring4321' },
      'holds access.key.id encrypted with another keyring than its own',
    ],
    ['no token', { ...csiFile, 'security.token': undefined }, 'has no security.token'],
    ['a truncated field', { ...csiFile, 'security.token': 'PMz8KVai' }, 'holds a truncated security.token (6 bytes)'],
    ['an unreadable expiration', { ...csiFile, expiration: 'soon' }, 'has an unreadable expiration'],
    [
      'an error of ACK',
      { error: { roleName: 'R', code: 'NoGrant', message: 'a\nb' } },
      'holds an error of ACK: R, NoGrant, a b',
    ],
  ];
  for (const [name, file, problem] of problems) {
    it(`with ${name} is refused`, () => {
      const text = typeof file === 'string' ? file : JSON.stringify(file);
      assert.throws(() => readManagedRoleToken(path, text, before), {
        code: 'token-file-invalid',
        message: `managed role token file ${path} ${problem}`,
      });
    });
  }

  it('that has expired is refused with both times', () => {
    assert.throws(() => readManagedRoleToken(path, JSON.stringify(csiFile), Date.parse('2021-01-01T15:00:00Z')), {
      message: `managed role token file ${path} holds a session that expired at 2021-01-01T14:22:45.000Z (now 2021-01-01T15:00:00.000Z)`,
    });
  });

  it('decrypted to something that is no credential is refused: a wrong key can pass the padding check by chance', () => {
    const iv = Buffer.alloc(16);
    const cipher = createCipheriv('aes-128-cbc', csiFile.keyring, iv);
    const sealed = Buffer.concat([iv, cipher.update('two words\u0007'), cipher.final()]).toString('base64');
    assert.throws(() => readManagedRoleToken(path, JSON.stringify({ ...csiFile, 'access.key.id': sealed }), before), {
      code: 'token-file-invalid',
    });
  });
});
