import assert from 'node:assert/strict';

import { readableText } from './readable-text.ts';

describe('foreign text in a message', () => {
  it('shows no secret, as it is or percent-encoded', () => {
    const secret = 'se+cret/token==';
    const text = `a ${secret} b ${encodeURIComponent(secret)} c`;

    assert.equal(readableText(text, [secret]), 'a [secret] b [secret] c');
  });

  it('hides the longer of two secrets that overlap', () => {
    assert.equal(readableText('secret-and-more', ['secret', 'secret-and-more']), '[secret]');
  });

  it('does not blank out words because a secret is short', () => {
    assert.equal(readableText('a bad key', ['a', '']), 'a bad key');
  });

  it('drops what the server calculated the signature of', () => {
    assert.equal(readableText('no match. server string to sign is:POST&%2F&SecurityToken', []), 'no match.');
  });

  it('is one line of bounded length without control characters', () => {
    assert.equal(readableText('a\r\n\u001b[31mb\u202ec', []), 'a [31mb c');
    assert.equal(readableText('x'.repeat(300), []), `${'x'.repeat(200)}…`);
  });

  it('cuts after hiding, so that no half of a secret is left at the end', () => {
    assert.equal(readableText(`${'x'.repeat(195)}supersecret`, ['supersecret']), `${'x'.repeat(195)}[secr…`);
  });
});
