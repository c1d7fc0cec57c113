import assert from 'node:assert/strict';
import { account, desired, now, observation, secret, secretName } from '../../../tests/fixtures/values.ts';
import type { DesiredSecret, SecretSource } from './desired-secret.ts';
import { isOurs, isTheOriginals, isYoungerElsewhere, ourNames, readSources, wouldLose } from './our-secrets.ts';

describe('isOurs', () => {
  it('is true of a Secret with our label', () => {
    assert.equal(isOurs(secret()), true);
  });

  it('is true where somebody removed the label, by our version beside data that is still ours', () => {
    assert.equal(isOurs(secret({ managedBy: undefined })), true);
  });

  it('is false without the label where the data is somebody else’s', () => {
    assert.equal(isOurs(secret({ managedBy: undefined, ownsData: false })), false);
  });

  it('is false of a Secret that another program labelled, whatever else it has', () => {
    assert.equal(isOurs(secret({ managedBy: 'Helm' })), false);
  });
});

describe('isTheOriginals', () => {
  const foreign = { managedBy: undefined, version: undefined, ownsData: false };

  it('is true of data that only the original component wrote', () => {
    assert.equal(isTheOriginals(secret({ ...foreign, writtenBy: 'aliyun-acr-credential-helper' })), true);
  });

  it('is true of its label', () => {
    assert.equal(isTheOriginals(secret({ ...foreign, managedBy: 'managed-aliyun-acr-credential-helper' })), true);
  });

  it('is false where nothing says who wrote it', () => {
    assert.equal(isTheOriginals(secret(foreign)), false);
  });

  it('is false of what somebody else wrote or labelled', () => {
    assert.equal(isTheOriginals(secret({ ...foreign, writtenBy: 'kubectl' })), false);
    assert.equal(
      isTheOriginals(secret({ ...foreign, managedBy: 'helm', writtenBy: 'aliyun-acr-credential-helper' })),
      false,
    );
  });

  it('is false of ours', () => {
    assert.equal(isTheOriginals(secret()), false);
  });
});

describe('ourNames', () => {
  function namesFor(pullSecrets: readonly string[]): readonly string[] {
    const accounts = [account({ pullSecrets }), account({ name: 'web', pullSecrets })];
    return ourNames(observation({ accounts, secrets: [secret()] }), secretName);
  }

  it('finds a numbered reference to a Secret that is gone, once', () => {
    assert.deepEqual(namesFor([`${secretName}-1`]), [`${secretName}-1`]);
  });

  it('leaves out the Secret that is there', () => {
    assert.deepEqual(namesFor([secretName]), []);
  });

  it('leaves out names that only begin like ours', () => {
    assert.deepEqual(namesFor([`${secretName}-x`, `${secretName}-1x`, `${secretName}1`, 'theirs-1']), []);
  });
});

describe('wouldLose', () => {
  const hour = 3_600_000;

  function source(id: string, hosts: readonly string[], expiresAt = now + hour): SecretSource {
    return { id, hosts, discovered: false, issuedAt: now, expiresAt };
  }

  function next(...sources: readonly SecretSource[]): DesiredSecret {
    const [base] = desired().secrets;
    assert.ok(base !== undefined);
    return { ...base, sources };
  }

  /** A Secret with a.io and b.io, whose first credential expires in 30 minutes. */
  const both = secret({ sources: annotation(source('a', ['a.io'], now + hour / 2), source('b', ['b.io'])) });

  it('loses nothing when every host is kept', () => {
    assert.equal(wouldLose(both, next(source('a', ['a.io']), source('b', ['b.io'])), now), undefined);
  });

  it('keeps a host that still works until a minute before the rest expires', () => {
    assert.equal(wouldLose(both, next(source('a', ['a.io'])), now), now + hour / 2 - 60_000);
  });

  it('loses nothing when the host that goes has expired', () => {
    assert.equal(wouldLose(both, next(source('a', ['a.io'])), now + hour), undefined);
  });

  it('does not keep a new host waiting', () => {
    assert.equal(wouldLose(both, next(source('a', ['a.io']), source('c', ['c.io'])), now), undefined);
  });

  function annotation(...sources: readonly SecretSource[]): string {
    return JSON.stringify(
      sources.map((each) => ({
        ...each,
        issuedAt: new Date(each.issuedAt).toISOString(),
        expiresAt: new Date(each.expiresAt).toISOString(),
      })),
    );
  }
});

describe('isYoungerElsewhere', () => {
  const written = (id: string, issuedAt: number, hosts = ['a.io'], expiresAt = issuedAt + 3_600_000): SecretSource => ({
    id,
    hosts,
    discovered: false,
    issuedAt,
    expiresAt,
  });
  const isYounger = (theirs: readonly SecretSource[], ours: readonly SecretSource[]): boolean => {
    const texts = theirs.map((each) => ({
      ...each,
      issuedAt: new Date(each.issuedAt).toISOString(),
      expiresAt: new Date(each.expiresAt).toISOString(),
    }));
    const [wanted] = desired().secrets;
    assert.ok(wanted !== undefined);
    return isYoungerElsewhere(secret({ sources: JSON.stringify(texts) }), { ...wanted, sources: ours }, now);
  };

  it('lets the younger credentials of another helper stay', () => {
    assert.equal(isYounger([written('a', now - 1000)], [written('a', now - 2000)]), true);
  });

  it('says no where ours are younger, or as old', () => {
    assert.equal(isYounger([written('a', now - 2000)], [written('a', now - 1000)]), false);
    assert.equal(isYounger([written('a', now - 1000)], [written('a', now - 1000)]), false);
    const mixed = [written('a', now - 1000), written('b', now - 3000)];
    assert.equal(isYounger(mixed, [written('a', now - 2000), written('b', now - 2000)]), false);
  });

  it('says no where the sources or hosts are others', () => {
    assert.equal(isYounger([written('b', now - 1000)], [written('a', now - 2000)]), false);
    assert.equal(isYounger([written('a', now - 1000, ['b.io'])], [written('a', now - 2000)]), false);
    assert.equal(isYounger([], [written('a', now - 2000)]), false);
  });

  it('believes neither a moment of the future nor what has expired', () => {
    assert.equal(isYounger([written('a', now + 1000)], [written('a', now - 2000)]), false);
    assert.equal(isYounger([written('a', now - 1000, ['a.io'], now)], [written('a', now - 2000)]), false);
  });
});

describe('readSources', () => {
  const written = { id: 'a', hosts: ['a.io'], issuedAt: '2026-01-02T03:04:05Z', expiresAt: '2026-01-02T04:04:05Z' };

  it('reads what we write', () => {
    assert.deepEqual(readSources(JSON.stringify([{ ...written, discovered: true }])), [
      { id: 'a', hosts: ['a.io'], discovered: true, issuedAt: now, expiresAt: now + 3_600_000 },
    ]);
  });

  it('takes an annotation without "discovered" for a list of hosts', () => {
    assert.equal(readSources(JSON.stringify([written]))[0]?.discovered, false);
  });

  for (const text of [undefined, '', 'null', '{}', '[{}]', '[1]', '[{"id":"a","hosts":"a.io"}]']) {
    it(`counts ${text ?? 'no annotation'} as empty`, () => {
      assert.deepEqual(readSources(text), []);
    });
  }
});
