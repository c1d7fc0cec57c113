import fc from 'fast-check';
import type { Configuration } from '../../configuration/configuration.ts';
import type { CredentialRecord } from '../../credentials/credential.ts';
import { resolveRegistries } from '../../credentials/resolve-registries.ts';
import { SecretText } from '../../secret-text.ts';
import type { LabelRequirement } from '../../selection/label-selector.ts';
import type { NamePatterns } from '../../selection/name-patterns.ts';

/** Random clusters and configurations, small enough that their names meet often. */

export const namespaceNames = ['shop', 'shop-1', 'team-a', 'team-b', 'team-ab', 'x'] as const;
export const accountNames = ['default', 'web', 'web.v1', 'robot-1', 'robot'] as const;
const hosts = ['a.cr.aliyuncs.com', 'b.cr.aliyuncs.com', 'c.cr.aliyuncs.com'] as const;

const labels = fc.dictionary(fc.constantFrom('team', 'acr/tier'), fc.constantFrom('', 'a', 'b'), { maxKeys: 2 });

export const namespaceState = fc.record({ labels, ignored: weighted(1, 4) });

export const accountState = fc.record({
  name: fc.constantFrom(...accountNames),
  labels,
  ignored: weighted(1, 4),
  pullSecrets: fc.uniqueArray(fc.constantFrom('acr', 'acr-1', 'foreign', 'other'), { maxLength: 3 }),
});

export function configurations(naming: Configuration['secretNaming']): fc.Arbitrary<Configuration> {
  return fc.record({
    namespaces: patterns(namespaceNames, ['team-*', '*', 't?am-?', 'shop*', '*-1', 'a.b*']),
    namespaceSelector: fc.option(selector, { nil: undefined, freq: 3 }),
    accounts: patterns(accountNames, ['*', 'web*', 'web?v1', 'robot-*']),
    accountSelector: fc.option(selector, { nil: undefined, freq: 3 }),
    registries: fc
      .array(
        fc.record({
          instanceId: fc.constantFrom('cri-a', 'cri-b', 'cri-c'),
          domains: fc.option(fc.uniqueArray(fc.constantFrom(...hosts), { minLength: 1 }), { nil: undefined }),
          namespaces: fc.option(patterns(namespaceNames, ['team-*', '*', 'shop*']), { nil: undefined }),
        }),
        { minLength: 1, maxLength: 4 },
      )
      .map((entries) =>
        entries.map((entry, index) => ({
          ...entry,
          index,
          edition: 'enterprise' as const,
          regionId: 'cn-hangzhou',
          identity: { kind: 'cluster-role' as const },
        })),
      ),
    mirrors: fc.constant([]),
    expiringThresholdSeconds: fc.constant(900),
    secretNaming: fc.constant(naming),
    attach: weighted(9, 10),
    takeOver: fc.constant(false),
    repairPods: fc.constant(false),
    admission: fc.constant({ enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 10, pods: true }),
  });
}

/** A credential of every source, whose instance has some of the hosts. ms since the epoch. */
export function recordsFor(configuration: Configuration, now: number): ReadonlyMap<string, CredentialRecord> {
  const { sources } = resolveRegistries({ configuration, localRegion: 'cn-hangzhou' });
  return new Map(
    [...sources.values()].map((source, index) => [
      source.id,
      {
        sourceId: source.id,
        requestedAt: now - 1000,
        credential: {
          sourceId: source.id,
          username: 'cr_temp_user',
          password: new SecretText(`token-${source.id}`),
          discoveredDomains: hosts.slice(0, 1 + (index % hosts.length)),
          issuedAt: now - 1000,
          expiresAt: now + 3_600_000,
        },
      },
    ]),
  );
}

const selector: fc.Arbitrary<readonly LabelRequirement[]> = fc.array(
  fc.oneof(
    fc.record({
      key: fc.constantFrom('team', 'acr/tier'),
      operator: fc.constantFrom('in' as const, 'not-in' as const),
      values: fc.uniqueArray(fc.constantFrom('', 'a', 'b'), { minLength: 1 }),
    }),
    fc.record({
      key: fc.constantFrom('team', 'acr/tier'),
      operator: fc.constantFrom('exists' as const, 'does-not-exist' as const),
    }),
  ),
  { minLength: 1, maxLength: 2 },
);

function patterns(names: readonly string[], globs: readonly string[]): fc.Arbitrary<NamePatterns> {
  const some = fc.uniqueArray(fc.constantFrom(...names, ...globs, ...globs), { minLength: 1, maxLength: 3 });
  const few = fc.uniqueArray(fc.constantFrom(...names, ...globs.filter((glob) => glob !== '*')), { maxLength: 2 });
  return fc.record({ include: some, exclude: few });
}

function weighted(times: number, of: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: of }).map((number) => number <= times);
}
