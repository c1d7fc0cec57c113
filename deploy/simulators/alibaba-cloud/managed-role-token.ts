import { createCipheriv, randomBytes } from 'node:crypto';

import { isoSeconds } from './clock.ts';

/** What ACK writes into the token file of a managed role. */
export type ManagedRoleCredentials = {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
};

/**
 * The JSON text of ACK's managed-role token file (`/var/addon/token-config`): three fields encrypted with the `keyring` that
 * stands beside them. Source: kubernetes/cloud-provider-alibaba-cloud `pkg/provider/alibaba/base/token.go`.
 */
export function managedRoleTokenFile(credentials: ManagedRoleCredentials, keyring = newKeyring()): string {
  return JSON.stringify({
    'access.key.id': encryptField(credentials.accessKeyId, keyring),
    'access.key.secret': encryptField(credentials.accessKeySecret, keyring),
    'security.token': encryptField(credentials.securityToken, keyring),
    expiration: isoSeconds(credentials.expiresAt),
    keyring,
  });
}

/**
 * One field: base64 of IV ‖ AES-CBC ciphertext with PKCS#7 padding; the key is the keyring's bytes, 16, 24 or 32 of them.
 * Throws when the keyring has another length.
 */
export function encryptField(plaintext: string, keyring: string, iv: Buffer = randomBytes(16)): string {
  const key = Buffer.from(keyring, 'utf8');
  if (![16, 24, 32].includes(key.length)) {
    throw new Error(`The keyring has ${key.length} bytes; AES wants 16, 24 or 32.`);
  }
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv);
  return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64');
}

function newKeyring(): string {
  return randomBytes(16).toString('hex');
}
