import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import {
  account,
  configuration,
  desired,
  namespace,
  now,
  registry,
  secret,
  secretName,
} from '../../tests/fixtures/values.ts';
import { countCoverage, type CoverageTools } from './count-coverage.ts';

describe('countCoverage', () => {
  let configurations: ReturnType<typeof createMemoryConfigurationStore>;
  let observations: ReturnType<typeof createMemoryObservationStore>;
  let tools: CoverageTools;

  beforeEach(async () => {
    configurations = createMemoryConfigurationStore();
    observations = createMemoryObservationStore();
    const desiredSecrets = { forNamespace: () => Promise.resolve(desired()) };
    tools = {
      configurations,
      observations,
      desiredSecrets,
      secretName,
      clock: () => now,
      signal: new AbortController().signal,
    };
    await configurations.write({ configuration: configuration(), version: 'c1' });
    for (const name of ['served', 'new', 'taken']) {
      const state = namespace({ name });
      await observations.observe([{ kind: 'namespace', namespace: name, resourceVersion: '1', state }]);
    }
    for (const state of [secret({ namespace: 'served' }), secret({ namespace: 'taken', managedBy: 'somebody' })]) {
      const { name, resourceVersion, namespace: of } = state;
      await observations.observe([{ kind: 'secret', namespace: of, name, resourceVersion, state }]);
    }
    const state = account({ namespace: 'served', pullSecrets: [secretName] });
    await observations.observe([
      { kind: 'account', namespace: 'served', name: state.name, resourceVersion: '11', state },
    ]);
  });

  it('asks what a namespace should have once for all namespaces that the same registries concern', async () => {
    const asked: string[] = [];
    const desiredSecrets = {
      forNamespace: (name: string) => {
        asked.push(name);
        return Promise.resolve(desired());
      },
    };
    const forTaken = registry({ index: 1, namespaces: { include: ['taken'], exclude: [] } });
    await configurations.write({ configuration: configuration({ registries: [registry(), forTaken] }), version: 'c2' });
    await observations.markListed('everything', 3);
    await countCoverage({ ...tools, desiredSecrets });
    assert.deepEqual(asked, ['served', 'taken']);
  });

  it('says nothing before everything was listed: what is absent then may only not be seen yet', async () => {
    assert.equal(await countCoverage(tools), undefined);
  });

  it('counts every state, those without a namespace too', async () => {
    await observations.markListed('everything', 3);
    assert.deepEqual(Object.fromEntries((await countCoverage(tools)) ?? []), {
      'secret-of-another': 1,
      'no-credential': 0,
      'secret-missing': 1,
      'account-unattached': 0,
      'secret-outdated': 0,
      served: 1,
      'not-selected': 0,
    });
  });
});
