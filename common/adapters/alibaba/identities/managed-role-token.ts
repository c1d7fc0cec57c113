import { createDecipheriv } from 'node:crypto';

import { Failure } from '../../../domain/failure.ts';
import { SecretText } from '../../../domain/secret-text.ts';
import type { Session } from '../session.ts';

/**
 * The session in the text of a token file that ACK mounts. `now`: the cloud's time. Throws `Failure` `token-file-invalid`.
 *
 * The fields are encrypted with AES-CBC, PKCS#7 padding; the key is the file's own `keyring`, so that this keeps nothing secret, but
 * a truncated or foreign file shows. Sources: cloud-provider-alibaba-cloud `token.go`, alibaba-cloud-csi-driver `ramtoken.go`.
 */
export function readManagedRoleToken(path: string, text: string, now: number): Session {
  const file = parseObject(text);
  if (file === undefined) throw invalid(path, 'is not a complete JSON object');
  const { error } = file;
  if (typeof error === 'object' && error !== null)
    throw invalid(path, `holds an error of ACK: ${describeError(error)}`);
  const keyring = plainField(path, file, 'keyring');
  const expiresAt = Date.parse(plainField(path, file, 'expiration'));
  if (Number.isNaN(expiresAt)) throw invalid(path, 'has an unreadable expiration');
  if (expiresAt <= now) {
    const times = `${new Date(expiresAt).toISOString()} (now ${new Date(now).toISOString()})`;
    throw invalid(path, `holds a session that expired at ${times}`);
  }
  return {
    accessKeyId: decrypt(path, file, 'access.key.id', keyring),
    accessKeySecret: new SecretText(decrypt(path, file, 'access.key.secret', keyring)),
    securityToken: new SecretText(decrypt(path, file, 'security.token', keyring)),
    expiresAt,
  };
}

type TokenFile = Readonly<Record<string, unknown>>;

const blockBytes = 16;
const algorithms: ReadonlyMap<number, string> = new Map([
  [16, 'aes-128-cbc'],
  [24, 'aes-192-cbc'],
  [32, 'aes-256-cbc'],
]);

function parseObject(text: string): TokenFile | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as TokenFile) : undefined;
  } catch {
    return undefined;
  }
}

function describeError(error: object): string {
  return ['roleName', 'code', 'message']
    .map((name) => (error as TokenFile)[name])
    .filter((part) => typeof part === 'string' && part !== '')
    .map((part) =>
      String(part)
        .replaceAll(/[\p{C}\s]+/gu, ' ')
        .slice(0, 120),
    )
    .join(', ');
}

function plainField(path: string, file: TokenFile, name: string): string {
  const value = file[name];
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(path, `has no ${name}`);
}

/** Base64 of IV (one block) and ciphertext. There is no MAC: lengths, padding and UTF-8 are what can be checked. */
function decrypt(path: string, file: TokenFile, name: string, keyring: string): string {
  const key = Buffer.from(keyring, 'utf8');
  const algorithm = algorithms.get(key.length);
  if (algorithm === undefined) throw invalid(path, `has a keyring of ${key.length} bytes instead of 16, 24 or 32`);
  const sealed = Buffer.from(plainField(path, file, name), 'base64');
  if (sealed.length < 2 * blockBytes || sealed.length % blockBytes !== 0) {
    throw invalid(path, `holds a truncated ${name} (${sealed.length} bytes)`);
  }
  try {
    const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, blockBytes));
    const plain = Buffer.concat([decipher.update(sealed.subarray(blockBytes)), decipher.final()]);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
    // A wrong key passes the padding check once in 256 times: what comes out then is no credential.
    if (/^[\x21-\x7e]+$/.test(text)) return text;
  } catch {
    // Falls through: the reason would say no more, and may quote the content.
  }
  throw invalid(path, `holds ${name} encrypted with another keyring than its own`);
}

function invalid(path: string, problem: string): Failure {
  return new Failure('token-file-invalid', `managed role token file ${path} ${problem}`);
}
