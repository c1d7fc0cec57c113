import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

import { Failure } from '../../domain/failure.ts';

/** The keys that values in Redis are sealed with. The first one seals, all of them open. */
export type KeyRing = readonly [SealKey, ...SealKey[]];

export type SealKey = {
  /** First 8 hex digits of the key's SHA-256: names the key without giving it away. */
  readonly id: string;
  readonly key: KeyObject;
};

/** Where a sealed value belongs. Bound into the seal, so that a value cannot be moved to another place. */
export type SealedPlace = {
  readonly purpose: 'configuration' | 'credential';
  /** The Redis key, with the field for a hash. */
  readonly name: string;
};

/**
 * Reads the text of a key file: one or two lines, each a key of 32 bytes in base64 or hex. Empty lines and lines that begin with
 * `#` are skipped. To change the key: write the new one above the old one, restart every process, then take the old one out.
 *
 * Throws `setting-invalid`; its message holds line numbers, never a key.
 */
export function parseKeyRing(text: string): KeyRing {
  const hint = 'write one or two lines into --seal-key-file, each made by: openssl rand -base64 32';
  const keys: SealKey[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const word = line.trim();
    if (word === '' || word.startsWith('#')) continue;
    const bytes = readKeyBytes(word);
    if (bytes === undefined) {
      throw new Failure('setting-invalid', `seal key file, line ${String(index + 1)}: not 32 bytes in base64 or hex`, {
        hint,
      });
    }
    keys.push({ id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), key: createSecretKey(bytes) });
  }
  const [first, ...others] = keys;
  if (first === undefined || others.length > 1) {
    throw new Failure('setting-invalid', `seal key file: ${String(keys.length)} keys, but it must hold one or two`, {
      hint,
    });
  }
  return [first, ...others];
}

/** AES-256-GCM under the first key: `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url. */
export function seal(keyRing: KeyRing, place: SealedPlace, text: string): string {
  const [{ id, key }] = keyRing;
  // 96 random bits: NIST SP 800-38D allows 2^32 values under one key, far more than we ever write.
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData(place));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `v1.${id}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
}

/** Throws `sealed-value-unreadable`; its message names the key and the place, never what was read. */
export function open(keyRing: KeyRing, place: SealedPlace, sealed: string): string {
  const [, id, nonce, body] = /^v1\.([0-9a-f]{8})\.([\w-]{16})\.([\w-]{22,})$/.exec(sealed) ?? [];
  if (id === undefined || nonce === undefined || body === undefined) {
    throw unreadable(place, 'it is not a sealed value that this version knows');
  }
  const found = keyRing.find((candidate) => candidate.id === id);
  if (found === undefined) {
    const ours = keyRing.map((key) => key.id).join(' and ');
    throw unreadable(place, `it was sealed with key ${id}, and the key file holds ${ours}`);
  }
  const bytes = Buffer.from(body, 'base64url');
  const tagAt = bytes.length - tagBytes;
  try {
    const decipher = createDecipheriv('aes-256-gcm', found.key, Buffer.from(nonce, 'base64url'), {
      authTagLength: tagBytes,
    })
      .setAAD(associatedData(place))
      .setAuthTag(bytes.subarray(tagAt));
    return decipher.update(bytes.subarray(0, tagAt), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    throw unreadable(place, `it was changed, or moved from another place, after it was sealed with key ${id}`);
  }
}

const tagBytes = 16;

function readKeyBytes(word: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(word)) return Buffer.from(word, 'hex');
  // 32 bytes are 43 digits and an optional `=`; both alphabets of base64 are in use.
  if (/^[\w+/-]{43}=?$/.test(word)) return Buffer.from(word, 'base64');
  return undefined;
}

function associatedData(place: SealedPlace): Buffer {
  return Buffer.from(`${place.purpose}\n${place.name}`);
}

function unreadable(place: SealedPlace, problem: string): Failure {
  return new Failure('sealed-value-unreadable', `the ${place.purpose} at ${place.name} cannot be read: ${problem}`);
}
