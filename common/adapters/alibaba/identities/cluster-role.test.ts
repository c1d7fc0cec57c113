import assert from 'node:assert/strict';

import { Failure } from '../../../domain/failure.ts';
import { SecretText } from '../../../domain/secret-text.ts';
import type { SecretReader } from '../../../ports.ts';
import { provideClusterRole } from './cluster-role.ts';

const signal = new AbortController().signal;

describe('the cluster’s role in tokenMode auto', () => {
  const provide = (readSecret: SecretReader['readSecret']) =>
    provideClusterRole({
      tokenMode: 'auto',
      managedRole: { tokenFile: '/nowhere/token-config', now: () => 0 },
      workerRole: async () => ({ accessKeyId: 'worker', accessKeySecret: new SecretText('s') }),
      secrets: { readSecret },
      registeredClusterSecret: 'alibaba-addon-secret',
    })(signal);
  const keyPair = new Map([
    ['access-key-id', new SecretText('registered\n')],
    ['access-key-secret', new SecretText('s\n')],
  ]);

  it('is the key pair of a registered cluster where there is one', async () => {
    const session = await provide(async (name) => (name === 'alibaba-addon-secret' ? keyPair : undefined));

    assert.equal(session.accessKeyId, 'registered');
    assert.equal(session.accessKeySecret.reveal(), 's');
  });

  it('is the worker role where there is none', async () => {
    assert.equal((await provide(async () => undefined)).accessKeyId, 'worker');
  });

  it('is the worker role where the Secret may not be read', async () => {
    const forbidden = async () => await Promise.reject(new Failure('kubernetes-forbidden', 'no'));

    assert.equal((await provide(forbidden)).accessKeyId, 'worker');
  });

  it('is unknown while the API server does not answer', async () => {
    const unreachable = async () => await Promise.reject(new Failure('kubernetes-unreachable', 'no'));

    await assert.rejects(provide(unreachable), { code: 'kubernetes-unreachable' });
  });
});
