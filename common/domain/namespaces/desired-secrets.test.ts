import assert from 'node:assert/strict';
import { credential, now, record, registry, secretName } from '../../../tests/fixtures/values.ts';
import { neverExpires, type CredentialRecord } from '../credentials/credential.ts';
import { desiredSecrets, type DesiredSecrets } from './desired-secrets.ts';
import type { ResolvedEntry } from '../credentials/resolve-registries.ts';
import { SecretText } from '../secret-text.ts';
import { domainSecretName } from './secret-naming.ts';

function entry(sourceId: string, domains: readonly string[] | undefined, index = 0): ResolvedEntry {
  return { sourceId, entry: registry({ index, domains }) };
}

function fetched(sourceId: string, password: string, discoveredDomains: readonly string[] = []): CredentialRecord {
  return record({
    sourceId,
    credential: credential({ sourceId, password: new SecretText(password), discoveredDomains }),
  });
}

function desired(
  entries: readonly ResolvedEntry[],
  records: readonly CredentialRecord[],
  at = now,
  allowedHosts: readonly string[] = ['a.io', 'b.io', 'x.io'],
  naming: 'aggregated' | 'per-domain' = 'aggregated',
): DesiredSecrets {
  return desiredSecrets({
    entries,
    records: new Map(records.map((each) => [each.sourceId, each])),
    naming,
    secretName,
    allowedHosts,
    now: at,
  });
}

/** Secret name → host → password. */
function contents({ secrets }: DesiredSecrets): Record<string, Record<string, string>> {
  return Object.fromEntries(
    secrets.map(({ name, dockerConfig }) => {
      const { auths } = JSON.parse(dockerConfig.reveal()) as { auths: Record<string, { password: string }> };
      return [name, Object.fromEntries(Object.entries(auths).map(([host, { password }]) => [host, password]))];
    }),
  );
}

describe('desiredSecrets', () => {
  it('puts every registry of the namespace into one Secret', () => {
    const answer = desired([entry('a', ['a.io']), entry('b', ['b.io'])], [fetched('a', 'pa'), fetched('b', 'pb')]);
    assert.deepEqual(contents(answer), { [secretName]: { 'a.io': 'pa', 'b.io': 'pb' } });
  });

  it('puts a second credential for the same host into a second Secret', () => {
    const answer = desired(
      [entry('a', ['x.io', 'a.io']), entry('b', ['x.io', 'b.io'])],
      [fetched('a', 'pa'), fetched('b', 'pb')],
    );
    assert.deepEqual(contents(answer), {
      [secretName]: { 'x.io': 'pa', 'a.io': 'pa', 'b.io': 'pb' },
      [`${secretName}-1`]: { 'x.io': 'pb' },
    });
  });

  it('takes the discovered domains of an entry that lists none', () => {
    const answer = desired([entry('a', undefined)], [fetched('a', 'pa', ['d1.io', 'd2.io'])]);
    assert.deepEqual(contents(answer), { [secretName]: { 'd1.io': 'pa', 'd2.io': 'pa' } });
  });

  it('leaves out what has expired and says that it is awaited', () => {
    const answer = desired([entry('a', ['a.io'])], [fetched('a', 'pa')], now + 3_600_000);
    assert.deepEqual(answer.secrets, []);
    assert.deepEqual(answer.awaited, [{ sourceId: 'a', pendingUntil: undefined }]);
  });

  it('writes no token for a host that only the configuration names, and says so', () => {
    const answer = desired(
      [entry('a', ['evil.example', 'own.example'])],
      [fetched('a', 'pa', ['own.example'])],
      now,
      [],
    );
    assert.deepEqual(contents(answer), { [secretName]: { 'own.example': 'pa' } });
    assert.deepEqual(answer.refusedHosts, ['evil.example']);
  });

  it('has the same version for the same content and another for a renewed token', () => {
    const [first, same, renewed] = ['pa', 'pa', 'pb'].map(
      (password) => desired([entry('a', ['a.io'])], [fetched('a', password)]).secrets[0]?.version,
    );
    assert.equal(first, same);
    assert.notEqual(first, renewed);
  });

  it('names the earliest expiry of its credentials', () => {
    const soon = record({ sourceId: 'b', credential: credential({ sourceId: 'b', expiresAt: now + 60_000 }) });
    assert.equal(
      desired([entry('a', ['a.io']), entry('b', ['b.io'])], [fetched('a', 'pa'), soon]).secrets[0]?.expiresAt,
      now + 60_000,
    );
  });

  it('says that a renewal is under way for a source that was asked for and has not answered', () => {
    const asked = { ...fetched('a', 'pa'), requestedAt: now + 1 };
    assert.equal(desired([entry('a', ['a.io'])], [asked], now + 1).renewalPendingUntil, now + 2001);
  });

  describe('per domain', () => {
    function perDomain(
      entries: readonly ResolvedEntry[],
      records: readonly CredentialRecord[],
      at = now,
    ): DesiredSecrets {
      return desired(entries, records, at, ['a.io', 'b.io', 'x.io'], 'per-domain');
    }

    it('makes one Secret per host, each with the login of that host alone', () => {
      const answer = perDomain([entry('a', ['a.io', 'b.io'])], [fetched('a', 'pa')]);
      assert.deepEqual(contents(answer), {
        [domainSecretName('a.io')]: { 'a.io': 'pa' },
        [domainSecretName('b.io')]: { 'b.io': 'pa' },
      });
    });

    it('puts a second credential for the same host into a second Secret of the host', () => {
      const answer = perDomain(
        [entry('a', ['x.io']), entry('b', ['x.io', 'b.io'])],
        [fetched('a', 'pa'), fetched('b', 'pb')],
      );
      assert.deepEqual(contents(answer), {
        [domainSecretName('x.io')]: { 'x.io': 'pa' },
        [`${domainSecretName('x.io')}-1`]: { 'x.io': 'pb' },
        [domainSecretName('b.io')]: { 'b.io': 'pb' },
      });
    });

    it('tells in each Secret all the domains that the source named', () => {
      const [first] = perDomain([entry('a', undefined)], [fetched('a', 'pa', ['d1.io', 'd2.io'])]).secrets;
      assert.deepEqual(
        first?.sources.map(({ hosts, domains, discovered }) => ({ hosts, domains, discovered })),
        [{ hosts: ['d1.io'], domains: ['d1.io', 'd2.io'], discovered: true }],
      );
    });

    it('ends each Secret when its own credential ends', () => {
      const soon = record({ sourceId: 'b', credential: credential({ sourceId: 'b', expiresAt: now + 60_000 }) });
      const { secrets } = perDomain([entry('a', ['a.io']), entry('b', ['b.io'])], [fetched('a', 'pa'), soon]);
      assert.deepEqual(
        secrets.map(({ expiresAt }) => expiresAt - now),
        [3_600_000, 60_000],
      );
    });
  });

  describe('with a mirrored docker config', () => {
    const text = '{"auths":{"m.io":{"username":"u","password":"pm"},"a.io":{"username":"u","password":"pm"}}}';
    const mirror: ResolvedEntry = { sourceId: 'm', entry: { index: 1, secretName: 'other' } };

    function read(at = now): CredentialRecord {
      const parts = { username: '', discoveredDomains: ['m.io', 'a.io'], expiresAt: neverExpires, issuedAt: at };
      return record({
        sourceId: 'm',
        credential: credential({ sourceId: 'm', password: new SecretText(text), ...parts }),
      });
    }

    it('takes its logins over as they are', () => {
      assert.deepEqual(contents(desired([mirror], [read()])), { [secretName]: { 'm.io': 'pm', 'a.io': 'pm' } });
    });

    it('gives way to an earlier entry for the same host, by a second Secret', () => {
      assert.deepEqual(contents(desired([entry('a', ['a.io']), mirror], [fetched('a', 'pa'), read()])), {
        [secretName]: { 'a.io': 'pa', 'm.io': 'pm' },
        [`${secretName}-1`]: { 'a.io': 'pm' },
      });
    });

    it('has the same version when it is read anew: a restart writes nothing', () => {
      const [first, again] = [read(), read(now + 60_000)].map((each) => desired([mirror], [each]).secrets[0]?.version);
      assert.equal(first, again);
    });
  });

  it('has another version for the same token with a later expiry, which people and restarts go by', () => {
    const later = record({ sourceId: 'a', credential: credential({ sourceId: 'a', expiresAt: now + 7_200_000 }) });
    const [first, second] = [fetched('a', 'token-a'), later].map(
      (each) => desired([entry('a', ['a.io'])], [each]).secrets[0]?.version,
    );
    assert.notEqual(first, second);
  });

  it('says that a Secret has all domains of a source only where none of them went into another Secret', () => {
    const entries = [entry('a', ['x.io']), entry('b', undefined, 1)];
    const { secrets } = desired(entries, [fetched('a', 'pa'), fetched('b', 'pb', ['x.io', 'y.io'])]);
    const discovered = secrets.flatMap(({ sources }) => sources.map(({ id, discovered }) => [id, discovered]));
    assert.deepEqual(discovered, [
      ['a', false],
      ['b', false],
      ['b', false],
    ]);
    const alone = desired([entry('b', undefined)], [fetched('b', 'pb', ['x.io', 'y.io'])]);
    assert.equal(alone.secrets[0]?.sources[0]?.discovered, true);
  });

  it('moves nothing into a second Secret for the same host twice in one list', () => {
    assert.equal(desired([entry('a', ['a.io', 'a.io'])], [fetched('a', 'pa')]).secrets.length, 1);
  });
});
