import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SecretText } from './secret-text.ts';

describe('SecretText', () => {
  const secret = new SecretText('canary');

  it('shows nothing of itself in text, JSON and inspection', () => {
    for (const shown of [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ nested: { secret } }, { depth: 9, showHidden: true }),
    ]) {
      assert.doesNotMatch(shown, /canary/);
    }
  });

  it('reveals its text when asked by name', () => {
    assert.equal(secret.reveal(), 'canary');
  });
});
