import assert from 'node:assert/strict';
import fc from 'fast-check';
import { account, configuration, namespace } from '../../../tests/fixtures/values.ts';
import { explainAccountSelection, explainNamespaceSelection } from './explain-selection.ts';
import { selectsAccount, selectsNamespace } from './selection.ts';

const names = (include: readonly string[], exclude: readonly string[] = []) => ({ include, exclude });

describe('explainSelection', () => {
  it('names the pattern that matches', () => {
    const { selected, sentence } = explainNamespaceSelection(
      configuration({ namespaces: names(['team-*', 'shop']) }),
      namespace(),
    );
    assert.deepEqual([selected, sentence], [true, 'watch-namespace "shop" matches shop']);
  });

  const refusals: readonly (readonly [
    string,
    Parameters<typeof configuration>[0],
    Parameters<typeof namespace>[0],
    string,
  ])[] = [
    ['an opt-out', {}, { ignored: true }, 'shop has the annotation acr-credential-helper/ignore: "true"'],
    ['patterns', { namespaces: names(['team-*', 'x']) }, {}, 'watch-namespace "team-*,x" does not match shop'],
    ['an exclusion', { namespaces: names(['*'], ['sh*']) }, {}, 'watch-namespace "!sh*" excludes shop'],
    ['no pattern', { namespaces: names([]) }, {}, 'watch-namespace names nothing'],
    [
      'labels',
      { namespaceSelector: [{ key: 'pulls', operator: 'in', values: ['yes'] }] },
      {},
      'namespace-selector: shop does not meet "pulls in (yes)"',
    ],
  ];
  for (const [what, parts, observed, sentence] of refusals) {
    it(`says that ${what} left it out`, () => {
      assert.deepEqual(explainNamespaceSelection(configuration(parts), namespace(observed)), {
        selected: false,
        sentence,
      });
    });
  }

  it('says that attach is off', () => {
    assert.match(explainAccountSelection(configuration({ attach: false }), account()).sentence, /attach is "false"/);
  });

  it('always agrees with what the program does', () => {
    const patterns = fc.array(fc.constantFrom('*', 'shop', 'sh*', 'x', 's?op'), { maxLength: 3 });
    const selector = fc.constantFrom(
      undefined,
      [{ key: 'a', operator: 'exists' }] as const,
      [{ key: 'a', operator: 'not-in', values: ['1'] }] as const,
    );
    const labels = fc.constantFrom({}, { a: '1' }, { a: '2' });
    fc.assert(
      fc.property(
        patterns,
        patterns,
        selector,
        labels,
        fc.boolean(),
        fc.boolean(),
        (include, exclude, rule, given, ignored, attach) => {
          const chosen = configuration({
            namespaces: { include, exclude },
            accounts: { include, exclude },
            namespaceSelector: rule,
            accountSelector: rule,
            attach,
          });
          const place = namespace({ labels: given, ignored });
          const who = account({ name: 'shop', labels: given, ignored });
          assert.equal(explainNamespaceSelection(chosen, place).selected, selectsNamespace(chosen, place));
          assert.equal(explainAccountSelection(chosen, who).selected, selectsAccount(chosen, who));
        },
      ),
    );
  });
});
