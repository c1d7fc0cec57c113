import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { Failure } from '../../domain/failure.ts';
import { open, parseKeyRing, seal, type SealedPlace } from './sealing.ts';

const place = { purpose: 'credential', name: '{acr}:credentials/abc' } satisfies SealedPlace;

describe('sealing', () => {
  it('opens what was sealed, in the documented form', () => {
    const keyRing = parseKeyRing(newKey());
    const sealed = seal(keyRing, place, 'täxt');
    assert.match(sealed, /^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+$/);
    assert.equal(open(keyRing, place, sealed), 'täxt');
    assert.equal(open(keyRing, place, seal(keyRing, place, '')), '');
  });

  it('never seals the same text to the same value', () => {
    const keyRing = parseKeyRing(newKey());
    assert.notEqual(seal(keyRing, place, 'text'), seal(keyRing, place, 'text'));
  });

  it('seals with the first key and opens with all', () => {
    const [oldKey, nextKey] = [newKey(), newKey()];
    const [oldRing, bothRing, nextRing] = [oldKey, `${nextKey}\n${oldKey}`, nextKey].map(parseKeyRing);
    assert.ok(oldRing && bothRing && nextRing);
    assert.equal(open(bothRing, place, seal(oldRing, place, 'text')), 'text');
    assert.equal(open(nextRing, place, seal(bothRing, place, 'text')), 'text');
  });

  it('does not open a value at another place or for another purpose', () => {
    const keyRing = parseKeyRing(newKey());
    const sealed = seal(keyRing, place, 'text');
    assert.throws(() => open(keyRing, { ...place, name: '{acr}:credentials/abd' }, sealed), unreadable(/moved/));
    assert.throws(() => open(keyRing, { ...place, purpose: 'configuration' }, sealed), unreadable(/moved/));
  });

  it('does not open a value of which any character was changed', () => {
    const keyRing = parseKeyRing(newKey());
    const sealed = seal(keyRing, place, 'some text');
    for (let i = 0; i < sealed.length - 1; i++) {
      const changed = sealed.slice(0, i) + (sealed[i] === '0' ? '1' : '0') + sealed.slice(i + 1);
      assert.throws(() => open(keyRing, place, changed), unreadable(/./), `position ${String(i)}`);
    }
  });

  it('names the unknown key and the place, and nothing of the content', () => {
    const sealed = seal(parseKeyRing(newKey()), place, 'text');
    assert.throws(
      () => open(parseKeyRing(newKey()), place, sealed),
      unreadable(
        /^the credential at \{acr\}:credentials\/abc cannot be read: .* key [0-9a-f]{8}, .* holds [0-9a-f]{8}$/,
      ),
    );
    assert.throws(
      () => open(parseKeyRing(newKey()), place, 'plain-secret'),
      (error) => {
        return unreadable(/not a sealed value/)(error) && !String(error).includes('plain-secret');
      },
    );
  });

  it('reads keys in hex, base64 and base64url, with comments and empty lines between', () => {
    const bytes = randomBytes(32);
    const ids = ['hex', 'base64', 'base64url'].map((form) => {
      return parseKeyRing(`# key\r\n\r\n  ${bytes.toString(form as BufferEncoding)}  \r\n`)[0].id;
    });
    assert.equal(new Set(ids).size, 1);
  });

  it('refuses a key file that does not hold one or two keys, naming the line but not its text', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['', /0 keys/],
      ['# nothing\n', /0 keys/],
      [`${newKey()}\n${newKey()}\n${newKey()}`, /3 keys/],
      [`${newKey()}\nmy-password`, /line 2: not 32 bytes/],
      [randomBytes(16).toString('hex'), /line 1: not 32 bytes/],
    ];
    for (const [text, message] of cases) {
      assert.throws(
        () => parseKeyRing(text),
        (error) => {
          assert.ok(error instanceof Failure && error.code === 'setting-invalid');
          assert.match(error.message, message);
          return !error.message.includes('my-password');
        },
      );
    }
  });
});

function newKey(): string {
  return randomBytes(32).toString('base64');
}

function unreadable(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof Failure && error.code === 'sealed-value-unreadable' && message.test(error.message);
}
