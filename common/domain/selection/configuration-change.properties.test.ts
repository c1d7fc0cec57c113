import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  account,
  configuration,
  namespace,
  now,
  observation,
  registry,
  secret,
} from '../../../tests/fixtures/values.ts';
import { resolveRegistries } from '../credentials/resolve-registries.ts';
import type { NamespaceObservation } from '../namespaces/observation.ts';
import { selectsAccount, selectsEntry, selectsNamespace } from './selection.ts';
import { addDetachments, changeOf, countDetachment, isHeldBack, noDetachment } from './configuration-change.ts';

const names = ['a', 'b', 'c', 'd'];
const patterns = fc.record({
  include: fc.oneof(fc.constant(['*']), fc.subarray(names)),
  exclude: fc.subarray(names, { maxLength: 2 }),
});
const registries = fc
  .uniqueArray(
    fc.record({
      instanceId: fc.constantFrom('cri-a', 'cri-b', 'cri-c'),
      domains: fc.option(fc.subarray(['a.io', 'b.io', 'c.io'], { minLength: 1 }), { nil: undefined }),
      namespaces: fc.option(patterns, { nil: undefined }),
    }),
    { selector: ({ instanceId }) => instanceId, maxLength: 3 },
  )
  .map((entries) => entries.map((entry, index) => registry({ ...entry, index })));
const configurations = fc
  .record({ namespaces: patterns, accounts: patterns, registries, attach: fc.boolean() })
  .map(configuration);

/** What a cluster looks like that this configuration has been in force in. */
function servedBy(inForce: ReturnType<typeof configuration>): readonly NamespaceObservation[] {
  const { entries } = resolveRegistries({ configuration: inForce });
  return names.flatMap((name) => {
    const wanted = entries.filter(({ entry }) => selectsEntry(entry, name));
    if (wanted.length === 0 || !selectsNamespace(inForce, namespace({ name }))) return [];
    const sources = wanted.map(({ entry, sourceId }) => ({
      id: sourceId,
      hosts: 'domains' in entry && entry.domains !== undefined ? entry.domains : [`${sourceId}.aliyuncs.com`],
      discovered: false,
      issuedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + 60_000).toISOString(),
    }));
    const ours = secret({ sources: JSON.stringify(sources) });
    const accounts = names.map((one) => account({ namespace: name, name: one }));
    const attached = accounts.map((one) => (selectsAccount(inForce, one) ? { ...one, pullSecrets: [ours.name] } : one));
    return [observation({ name, namespace: namespace({ name }), secrets: [ours], accounts: attached })];
  });
}

describe('a change of the configuration, whatever it is', () => {
  it('takes nothing away when it is what was in force', () => {
    fc.assert(
      fc.property(configurations, (same) => {
        const change = changeOf({ configuration: same }, { configuration: same });
        const { detached, loggedOut } = countDetachment(change, servedBy(same), now);
        assert.deepEqual({ detached, loggedOut }, { detached: 0, loggedOut: 0 });
      }),
    );
  });

  it('takes nothing away when it only adds a registry', () => {
    fc.assert(
      fc.property(configurations, (before) => {
        const more = [...before.registries, registry({ instanceId: 'cri-new', index: before.registries.length })];
        const change = changeOf({ configuration: { ...before, registries: more } }, { configuration: before });
        const { detached, loggedOut } = countDetachment(change, servedBy(before), now);
        assert.deepEqual({ detached, loggedOut }, { detached: 0, loggedOut: 0 });
      }),
    );
  });

  it('takes away no more than there is', () => {
    fc.assert(
      fc.property(configurations, configurations, (before, next) => {
        const change = changeOf({ configuration: next }, { configuration: before });
        const { attached, detached, loggedOut } = countDetachment(change, servedBy(before), now);
        assert.ok(detached >= 0 && loggedOut >= 0 && detached + loggedOut <= attached);
      }),
    );
  });

  it('is held back when it leaves no registry, wherever somebody pulls', () => {
    fc.assert(
      fc.property(configurations, (before) => {
        const change = changeOf({ configuration: { ...before, registries: [] } }, { configuration: before });
        const total = countDetachment(change, servedBy(before), now);
        assert.equal(isHeldBack(total, false), total.attached > 0);
      }),
    );
  });

  it('counts the same page by page as at once', () => {
    fc.assert(
      fc.property(configurations, configurations, (before, next) => {
        const change = changeOf({ configuration: next }, { configuration: before });
        const cluster = servedBy(before);
        const pages = cluster.map((page) => countDetachment(change, [page], now));
        assert.deepEqual(pages.reduce(addDetachments, noDetachment), countDetachment(change, cluster, now));
      }),
    );
  });
});
