import assert from 'node:assert/strict';
import type {
  ObservedAccount,
  ObservedNamespace,
  ObservedSecret,
} from '../../../common/domain/namespaces/observation.ts';
import { resolveRegistries } from '../../../common/domain/credentials/resolve-registries.ts';
import type { Configuration } from '../../../common/domain/configuration/configuration.ts';
import type { ClusterLists } from '../../../common/ports/cluster-reader.ts';
import {
  account,
  configuration,
  namespace,
  now,
  registry,
  secret,
  secretName,
} from '../../../tests/fixtures/values.ts';
import { renderChange, renderSummary } from './plan-text.ts';
import { planCluster, type PlanOptions, type PlanResult } from './plan.ts';

type Cluster = {
  readonly namespaces?: readonly ObservedNamespace[];
  readonly accounts?: readonly ObservedAccount[];
  readonly secrets?: readonly ObservedSecret[];
};

async function* pageOf<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  yield items;
}

function listsOf({ namespaces = [namespace()], accounts = [account()], secrets = [] }: Cluster): ClusterLists {
  return {
    namespaces: () => pageOf(namespaces),
    accounts: () => pageOf(accounts),
    secretsNamed: (name) => pageOf(secrets.filter((each) => each.name === name)),
    secretsLabelled: () => pageOf(secrets),
  };
}

/** The screen, without colour. */
async function plan(
  cluster: Cluster,
  parts: Partial<PlanOptions> & { readonly configuration?: Configuration } = {},
): Promise<{ readonly screen: string; readonly result: PlanResult }> {
  const lines: string[] = [];
  const result = await planCluster(
    { lists: listsOf(cluster), clock: () => now },
    {
      configuration: configuration(),
      isEmptied: false,
      secretName,
      storedNames: [],
      allowedHosts: [],
      tell: (change) => lines.push(renderChange(change, { colour: false })),
      progress: () => undefined,
      ...parts,
    },
  );
  return { screen: [...lines, ...renderSummary(result, 'kube-system/acr-configuration', 'abc')].join('\n'), result };
}

const host = 'a-registry.cn-hangzhou.cr.aliyuncs.com';

/** What our Secret says that it holds. */
function sourcesFor(given: Configuration, localRegion?: string, minutes = 30): string {
  const ids = [...resolveRegistries({ configuration: given, localRegion }).sources.keys()];
  const [issuedAt, expiresAt] = [now - 1000, now + minutes * 60_000].map((at) => new Date(at).toISOString());
  return JSON.stringify(ids.map((id) => ({ id, hosts: [host], discovered: false, issuedAt, expiresAt })));
}

const served: Cluster = {
  accounts: [account({ pullSecrets: [secretName] })],
  secrets: [secret({ version: 'of a token that nobody knows here', sources: sourcesFor(configuration()) })],
};

describe('plan', () => {
  it('shows what a first start would write', async () => {
    const { screen } = await plan({ accounts: [account({ pullSecrets: ['registry-x'] })] });
    assert.equal(
      screen,
      [
        '  + Secret          shop/acr-credential-secret-aggregation                1 registry, 1 domain',
        '  ~ ServiceAccount  shop/default                                          imagePullSecrets: registry-x, + acr-credential-secret-aggregation',
        'Plan: 1 Secret to create, 1 account to attach. Nothing was written.',
      ].join('\n'),
    );
  });

  it('has nothing to do where all is served, without knowing any token', async () => {
    assert.equal((await plan(served)).screen, 'Plan: nothing to do. Nothing was written.');
  });

  it('takes back what is not selected any more', async () => {
    const { screen } = await plan(served, {
      configuration: configuration({ namespaces: { include: [], exclude: [] } }),
    });
    assert.match(
      screen,
      / {2}- ServiceAccount {2}shop\/default +imagePullSecrets: − acr-credential-secret-aggregation\n/,
    );
    assert.match(screen, /Plan: 1 Secret to delete, 1 to detach\. Nothing was written\.$/);
    assert.doesNotMatch(screen, /hold this back/);
  });

  it('rewrites a Secret with an older credential than another namespace has', async () => {
    const namespaces = ['a', 'b'].map((name) => namespace({ name, uid: name }));
    const secrets = [20, 30].map((minutes, at) =>
      secret({ namespace: namespaces[at]?.name ?? '', sources: sourcesFor(configuration(), undefined, minutes) }),
    );
    const { screen } = await plan({ namespaces, accounts: [], secrets });
    assert.match(
      screen,
      /^ {2}~ Secret +a\/acr-credential-secret-aggregation +other content: 1 registry, 1 domain\nPlan: 1 Secret to rewrite\./,
    );
  });

  it('rewrites a Secret that holds a registry which is not wanted any more', async () => {
    const { sources } = JSON.parse(`{"sources":${sourcesFor(configuration())}}`) as { sources: readonly object[] };
    const more = JSON.stringify([...sources, { ...sources[0], id: 'gone', hosts: ['gone.io'] }]);
    const { result } = await plan({ ...served, secrets: [secret({ sources: more })] });
    assert.deepEqual(result.counts, { 'rewrite-secret': 1 });
  });

  it('says whose a Secret of our name is', async () => {
    const foreign = secret({ managedBy: 'helm', version: undefined, ownsData: false });
    const { screen } = await plan({ secrets: [foreign] });
    assert.match(
      screen,
      / {2}! Secret .* not ours \(managed by helm\): take-over: "true" adopts it\nPlan: 1 left alone\./,
    );
  });

  it('says where domains are known to the registry only', async () => {
    const all = configuration({ registries: [registry({ domains: undefined })] });
    assert.match((await plan({}, { configuration: all })).screen, /1 registry, domains to be fetched/);
  });

  it('finds the cluster’s own region in what our Secrets say', async () => {
    const local = configuration({ registries: [registry({ regionId: undefined })] });
    const secrets = [secret({ sources: sourcesFor(local, 'cn-shanghai') })];
    const { screen, result } = await plan({ ...served, secrets }, { configuration: local });
    assert.deepEqual([screen, result.regionUnknown], ['Plan: nothing to do. Nothing was written.', false]);
  });

  it('says that an edit would be held back, with how many it takes away', async () => {
    const { screen } = await plan(served, {
      configuration: configuration({ namespaces: { include: [], exclude: [] } }),
      before: configuration(),
    });
    assert.match(
      screen,
      /! The helper would hold this back: 1 of 1 that pull today would not any more\.\n.*confirm=abc\n/,
    );
  });

  it('gives the same lines for the same cluster, by name', async () => {
    const namespaces = ['b', 'a', 'c'].map((name) => namespace({ name, uid: name }));
    const { screen } = await plan({ namespaces, accounts: [] });
    assert.deepEqual(
      screen.split('\n').flatMap((line) => /Secret +(\w)\//.exec(line)?.[1] ?? []),
      ['a', 'b', 'c'],
    );
  });
});
