import assert from 'node:assert/strict';

import type { Configuration } from '../../domain/configuration/configuration.ts';
import { SecretText } from '../../domain/secret-text.ts';
import { decodeConfiguration, decodeFetchOutcome, encodeConfiguration, encodeFetchOutcome } from './codec.ts';

describe('codec of sealed values', () => {
  it('keeps a secret at any depth', () => {
    const identity = { kind: 'access-key', accessKeyId: 'LTAI', accessKeySecret: new SecretText('hush') } as const;
    const middle = { kind: 'assumed-role', roleArn: 'r', sessionSeconds: 900, base: identity } as const;
    const outer = { kind: 'assumed-role', roleArn: 's', sessionSeconds: 900, base: middle } as const;
    const registries = [{ index: 0, edition: 'enterprise', instanceId: 'cri-1', identity: outer }] as const;
    const text = encodeConfiguration({ configuration: { ...plain, registries }, version: 'v' });
    const read = decodeConfiguration(text).configuration.registries[0]?.identity;
    assert.ok(
      read?.kind === 'assumed-role' && read.base.kind === 'assumed-role' && read.base.base.kind === 'access-key',
    );
    assert.equal(read.base.base.accessKeySecret.reveal(), 'hush');
  });

  it('reads what was written when optional fields are absent', () => {
    const inForce = { configuration: plain, version: 'v' };
    assert.deepEqual(decodeConfiguration(encodeConfiguration(inForce)), inForce);
    assert.deepEqual(decodeFetchOutcome(encodeFetchOutcome({ sourceId: 'a' })), { sourceId: 'a' });
  });

  it('ignores fields that a newer version wrote', () => {
    assert.deepEqual(decodeFetchOutcome('{"sourceId":"a","later":{"x":1}}'), { sourceId: 'a' });
  });

  it('reads a failure with a code of a newer version as an unexpected one', () => {
    const failure = { code: 'later-code', message: 'm', hint: 'h', at: 1, attempts: 1, nextAttemptAt: 2 };
    const outcome = decodeFetchOutcome(JSON.stringify({ sourceId: 'a', failure }));
    assert.equal(outcome.failure?.code, 'unexpected');
  });

  it('refuses what an older version wrote with another shape, naming the field but no value', () => {
    const credential = { sourceId: 'a', username: 'u', password: 'hush', issuedAt: 'hush', expiresAt: 2 };
    assert.throws(
      () => decodeFetchOutcome(JSON.stringify({ sourceId: 'a', credential })),
      (error) => String(error).includes('credential.issuedAt') && !String(error).includes('hush'),
    );
  });

  it('refuses a text that is not JSON without quoting it', () => {
    for (const text of ['', 'hush', '{"a":"hush"']) {
      assert.throws(
        () => decodeConfiguration(text),
        (error) => error instanceof TypeError && !error.message.includes('hush'),
      );
    }
  });
});

const plain: Configuration = {
  namespaces: { include: [], exclude: [] },
  accounts: { include: ['*'], exclude: [] },
  registries: [],
  mirrors: [],
  expiringThresholdSeconds: 900,
  secretNaming: 'per-domain',
  attach: false,
  takeOver: true,
  repairPods: false,
  admission: { enabled: false, failurePolicy: 'Fail', timeoutSeconds: 1, pods: true },
};
