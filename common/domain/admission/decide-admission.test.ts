import assert from 'node:assert/strict';
import fc from 'fast-check';
import { account, configuration, namespace, now, observation, registry } from '../../../tests/fixtures/values.ts';
import { resolveRegistries } from '../credentials/resolve-registries.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { desiredSecrets } from '../namespaces/desired-secrets.ts';
import { planNamespace } from '../namespaces/plan-namespace.ts';
import { selectsEntry } from '../selection/selection.ts';
import { decideAccount, decidePod } from './decide-admission.ts';
import { referenceRules } from './reference-rules.ts';
import { accountState, configurations, namespaceNames, namespaceState, recordsFor } from './testing/arbitraries.ts';

const localRegion = 'cn-hangzhou';
const secretName = 'acr';

function rulesOf(wanted: Configuration, records = recordsFor(wanted, now)) {
  return referenceRules({ inForce: { configuration: wanted, localRegion }, records, secretName, allowedHosts: [] });
}

/** What the writer would attach to the account, once all credentials are there. */
function plannedNames(
  wanted: Configuration,
  state: { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly ignored: boolean },
  newcomer: Partial<Parameters<typeof account>[0]>,
): readonly string[] {
  const { entries } = resolveRegistries({ configuration: wanted, localRegion });
  const desired = desiredSecrets({
    entries: entries.filter(({ entry }) => selectsEntry(entry, state.name)),
    records: recordsFor(wanted, now),
    naming: wanted.secretNaming,
    secretName,
    allowedHosts: [],
    now,
  });
  const observed = observation({
    name: state.name,
    namespace: namespace(state),
    accounts: [account({ namespace: state.name, ...newcomer })],
  });
  const { steps } = planNamespace({ observation: observed, configuration: wanted, desired, secretName, now });
  return steps.flatMap((step) => (step.action === 'attach' ? step.names : []));
}

describe('the decision about a new account', () => {
  for (const naming of ['aggregated', 'per-domain'] as const) {
    it(`is what the writer would do a moment later, with secret-naming ${naming}`, () => {
      fc.assert(
        fc.property(
          configurations(naming),
          fc.constantFrom(...namespaceNames),
          namespaceState,
          accountState,
          (wanted, name, state, newcomer) => {
            const decided = decideAccount(rulesOf(wanted), { name, ...state }, newcomer);
            assert.deepEqual(
              [...decided].toSorted(),
              [...plannedNames(wanted, { name, ...state }, newcomer)].toSorted(),
            );
          },
        ),
        { numRuns: 500 },
      );
    });
  }

  it('does not wait for a credential: the first Secret is referred to before it is there', () => {
    const rules = rulesOf(configuration(), new Map());
    assert.deepEqual(decideAccount(rules, namespace(), account()), [secretName]);
  });

  it('refers to a second Secret only where two credentials for one host meet', () => {
    const entries = [
      registry({ domains: ['h.cr.aliyuncs.com'] }),
      registry({
        index: 1,
        instanceId: 'cri-b',
        domains: ['h.cr.aliyuncs.com'],
        namespaces: { include: ['team-*'], exclude: [] },
      }),
    ];
    const rules = rulesOf(configuration({ registries: entries }), new Map());
    assert.deepEqual(decideAccount(rules, namespace({ name: 'shop' }), account()), ['acr']);
    assert.deepEqual(decideAccount(rules, namespace({ name: 'team-a' }), account()), ['acr', 'acr-1']);
  });
});

describe('the decision about a new pod', () => {
  const pod = { account: 'default', ignored: false, pullSecrets: ['mine'] };

  it('adds our names to a list of its own', () => {
    assert.deepEqual(decidePod(rulesOf(configuration()), namespace(), pod), [secretName]);
  });

  it('leaves a pod without a list to the API server, which copies that of its account', () => {
    assert.deepEqual(decidePod(rulesOf(configuration()), namespace(), { ...pod, pullSecrets: [] }), []);
  });

  it('leaves pods of accounts that are not selected alone, and those that are opted out', () => {
    const rules = rulesOf(configuration({ accounts: { include: ['web'], exclude: [] } }));
    assert.deepEqual(decidePod(rules, namespace(), pod), []);
    assert.deepEqual(decidePod(rulesOf(configuration()), namespace(), { ...pod, ignored: true }), []);
    assert.deepEqual(decidePod(rulesOf(configuration()), namespace({ ignored: true }), pod), []);
  });

  it('is not made where accounts are selected by labels, which are not known here', () => {
    const rules = rulesOf(configuration({ accountSelector: [{ key: 'a', operator: 'exists' }] }));
    assert.deepEqual(decidePod(rules, namespace(), pod), []);
  });
});
