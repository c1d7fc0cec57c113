import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEdits, composeOrigins } from './edited-text.ts';

describe('applyEdits', () => {
  it('changes nothing without edits', () => {
    const edited = applyEdits('abc', []);
    assert.equal(edited.text, 'abc');
    assert.equal(edited.origin(2), 2);
  });

  it('replaces, inserts and removes', () => {
    const edits = [
      { at: 0, remove: 1, insert: '' },
      { at: 2, remove: 0, insert: '--' },
      { at: 3, remove: 2, insert: 'X' },
    ];
    assert.equal(applyEdits('abcdef', edits).text, 'b--cXf');
  });

  it('applies two edits at one place in their order', () => {
    const edits = [
      { at: 1, remove: 0, insert: '[' },
      { at: 1, remove: 1, insert: '"' },
    ];
    assert.equal(applyEdits('a“b', edits).text, 'a["b');
  });

  it('leaves out an edit inside what another has replaced', () => {
    const edits = [
      { at: 0, remove: 3, insert: 'x' },
      { at: 1, remove: 1, insert: 'y' },
    ];
    assert.equal(applyEdits('abcd', edits).text, 'xd');
  });

  it('finds what was inserted at the place of the edit', () => {
    const { origin } = applyEdits('abcd', [{ at: 2, remove: 0, insert: '---' }]);
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map(origin), [0, 1, 2, 2, 2, 2, 3, 4]);
  });

  it('finds every character that was kept', () => {
    const edit = fc.record({
      gap: fc.nat({ max: 4 }),
      remove: fc.nat({ max: 3 }),
      insert: fc.string({ maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), (plans) => {
        const text = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
        let at = 0;
        const edits = plans.map(({ gap, remove, insert }) => {
          const made = { at: at + gap, remove, insert: insert.replaceAll(/[a-zA-Z0-9]/g, '.') };
          at += gap + remove;
          return made;
        });
        const { text: changed, origin } = applyEdits(text, edits);
        for (const [place, character] of changed.split('').entries()) {
          if (/[a-zA-Z0-9]/.test(character)) assert.equal(text[origin(place)], character);
        }
      }),
    );
  });
});

describe('composeOrigins', () => {
  it('goes back through both changes', () => {
    const first = applyEdits('abc', [{ at: 0, remove: 1, insert: '' }]);
    const second = applyEdits(first.text, [{ at: 0, remove: 0, insert: '>>' }]);
    assert.equal(composeOrigins(first.origin, second.origin)(3), 2);
  });
});
