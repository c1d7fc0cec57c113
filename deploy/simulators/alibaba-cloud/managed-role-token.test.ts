import assert from 'node:assert/strict';
import { createDecipheriv } from 'node:crypto';

import { encryptField, managedRoleTokenFile } from './managed-role-token.ts';

describe('managed role token file', () => {
  const plaintext = 'STS.NexampleAKID';
  const iv = Buffer.from('0000000000000000', 'ascii');
  const vectors = [
    ['1234567890ABCDEF', 'MDAwMDAwMDAwMDAwMDAwMLYNtd3chkFuMG65s/uFZMYF4+1sEwJGRyFAL1P6QCkf'],
    ['1234567890ABCDEF12345678', 'MDAwMDAwMDAwMDAwMDAwMHkNyXXOcmfiEsjhW8JnAGZUoY1jIjl9jxEcSNriykuJ'],
    ['1234567890ABCDEF1234567890ABCDEF', 'MDAwMDAwMDAwMDAwMDAwMPI/9GLYhNmLCcSWxYjK9KGJAQHst6HphEJryY84Q0k8'],
  ] as const;
  for (const [keyring, expected] of vectors) {
    it(`encrypts a field as published for a keyring of ${keyring.length} bytes`, () => {
      assert.equal(encryptField(plaintext, keyring, iv), expected);
    });
  }

  it('reproduces the csi driver’s public sample byte for byte, given its IV', () => {
    const sample = 'Ik032ULdaqWth2fvyigEcJHGMNNMnATo04/d+c5Jxz+bJN0Jh8fKd8A5MlNnYRwf';
    const sampleIv = Buffer.from(sample, 'base64').subarray(0, 16);
    assert.equal(encryptField('fake-accessKeyId', 'fake-keyring1234', sampleIv), sample);
  });

  it('refuses a keyring that is no AES key', () => {
    assert.throws(() => encryptField('x', 'seventeen-bytes-!'), /17 bytes; AES wants 16, 24 or 32/);
  });

  it('holds the three secrets encrypted and the expiry in plain text', () => {
    const text = managedRoleTokenFile({
      accessKeyId: 'STS.id',
      accessKeySecret: 'secret',
      securityToken: 'token+/==',
      expiresAt: Date.UTC(2021, 0, 1, 14, 22, 45, 999),
    });
    const file = JSON.parse(text) as Record<string, string>;
    const read = (name: string): string => decryptField(file[name] ?? '', file['keyring'] ?? '');
    assert.deepEqual(
      [read('access.key.id'), read('access.key.secret'), read('security.token'), file['expiration']],
      ['STS.id', 'secret', 'token+/==', '2021-01-01T14:22:45Z'],
    );
  });

  it('uses a new IV for every field', () => {
    assert.notEqual(encryptField('x', '1234567890ABCDEF'), encryptField('x', '1234567890ABCDEF'));
  });
});

function decryptField(field: string, keyring: string): string {
  const bytes = Buffer.from(field, 'base64');
  const key = Buffer.from(keyring, 'utf8');
  const decipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, bytes.subarray(0, 16));
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
}
