import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration, RegistryEntry } from '../../common/domain/configuration/configuration.ts';
import type { Identity } from '../../common/domain/credentials/identity.ts';
import type { NamePatterns } from '../../common/domain/selection/name-patterns.ts';
import { repositoryRoot } from '../../tests/real-parts/repository-root.ts';
import { readManifest } from './check-manifest.ts';
import { checkManifest } from './check-file.ts';

type Expected = {
  readonly problems: readonly (readonly [number, number, string, string, string | null, number | null])[];
  readonly configuration: unknown;
};

describe('the corpus of real-world configurations', () => {
  const folder = join(repositoryRoot(), 'tests', 'fixtures', 'configurations');
  const names = readdirSync(folder).filter((file) => !file.endsWith('.expected.json'));

  it('has at least 60 files', () => {
    assert.ok(names.length >= 60);
  });

  for (const file of names) {
    it(`reads ${file} as a careful person would`, () => {
      const expected = JSON.parse(
        readFileSync(join(folder, `${file.slice(0, file.lastIndexOf('.'))}.expected.json`), 'utf8'),
      ) as Expected;
      const text = readFileSync(join(folder, file), 'utf8');
      const [checked] = checkManifest(file, text, readManifest(text));
      assert.deepEqual(
        {
          problems: checked?.problems.map(({ line, column, severity, code, key, entry }) => [
            line,
            column,
            severity,
            code,
            key === '' ? null : key,
            entry ?? null,
          ]),
          configuration: checked?.configuration === undefined ? null : summarise(checked.configuration),
        },
        expected,
      );
    });
  }
});

/** What matters of a configuration, short enough to be written and read by hand; defaults are left out. */
function summarise(configuration: Configuration): unknown {
  const { namespaceSelector, accountSelector, notifyEmail, secretNaming, attach, takeOver, repairPods, admission } =
    configuration;
  const isDefaultAdmission = JSON.stringify(admission) === JSON.stringify(defaultAdmission);
  const other = {
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    ...(accountSelector === undefined ? {} : { accountSelector }),
    ...(notifyEmail === undefined ? {} : { notifyEmail }),
    ...(secretNaming === 'aggregated' ? {} : { secretNaming }),
    ...(attach ? {} : { attach }),
    ...(takeOver ? { takeOver } : {}),
    ...(repairPods ? { repairPods } : {}),
    ...(isDefaultAdmission ? {} : { admission }),
  };
  return {
    selects: `${namesOf(configuration.namespaces)} / ${namesOf(configuration.accounts)}`,
    renewBeforeSeconds: configuration.expiringThresholdSeconds,
    registries: configuration.registries.map(registryOf),
    ...(configuration.mirrors.length === 0
      ? {}
      : { mirrors: configuration.mirrors.map((mirror) => `${mirror.index} ${mirror.secretName}${onlyIn(mirror)}`) }),
    ...(Object.keys(other).length === 0 ? {} : { other }),
  };
}

const defaultAdmission = { enabled: false, failurePolicy: 'Ignore', timeoutSeconds: 10, pods: false };

function namesOf({ include, exclude }: NamePatterns): string {
  return [...include, ...exclude.map((name) => `!${name}`)].join(',');
}

function registryOf(entry: RegistryEntry): string {
  const instance = entry.edition === 'personal' ? 'personal' : entry.instanceId;
  const domains = entry.domains?.join(',') ?? 'every-domain';
  return `${entry.index} ${instance} ${entry.regionId ?? 'own-region'} ${domains} ${identityOf(entry.identity)}${onlyIn(entry)}`;
}

function onlyIn({ namespaces }: { readonly namespaces?: NamePatterns | undefined }): string {
  return namespaces === undefined ? '' : ` ns=${namesOf(namespaces)}`;
}

function identityOf(identity: Identity): string {
  switch (identity.kind) {
    case 'access-key':
      return `access-key ${identity.accessKeyId}`;
    case 'access-key-secret':
      return `access-key-secret ${identity.secretName}`;
    case 'cluster-role':
      return 'cluster-role';
    case 'rrsa':
      return `rrsa ${identity.roleArn || '-'} ${identity.oidcProviderArn || '-'}`;
    case 'assumed-role':
      return `role ${identity.roleArn} ${identity.sessionSeconds}s by ${identityOf(identity.base)}`;
  }
}
