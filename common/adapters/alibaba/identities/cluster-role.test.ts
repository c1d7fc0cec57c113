import assert from 'node:assert/strict';

import { Failure } from '../../../domain/failure.ts';
import { SecretText } from '../../../domain/secret-text.ts';
import type { SecretReader } from '../../../ports/own-secrets.ts';
import type { SessionProvider } from '../session.ts';
import { provideClusterRole } from './cluster-role.ts';

const signal = new AbortController().signal;

const keyPair = new Map([
  ['access-key-id', new SecretText('registered\n')],
  ['access-key-secret', new SecretText('s\n')],
]);

const noMetadata: SessionProvider = async () =>
  await Promise.reject(new Failure('metadata-unavailable', 'ECS metadata service: no answer'));

describe('the cluster’s role in tokenMode auto', () => {
  let reads: number;

  beforeEach(() => {
    reads = 0;
  });

  const provide = (workerRole: SessionProvider, readSecret: SecretReader['readSecret']) =>
    provideClusterRole({
      tokenMode: 'auto',
      managedRole: { tokenFile: '/nowhere/token-config', now: () => 0 },
      workerRole,
      secrets: {
        readSecret: async (name) => {
          reads++;
          return await readSecret(name);
        },
      },
      registeredClusterSecret: 'alibaba-addon-secret',
    })(signal);

  it('is the worker role where there is one, and reads nothing from the cluster', async () => {
    const worker: SessionProvider = async () => ({ accessKeyId: 'worker', accessKeySecret: new SecretText('s') });
    assert.equal((await provide(worker, async () => keyPair)).accessKeyId, 'worker');
    assert.equal(reads, 0);
  });

  it('is the key pair of a registered cluster where there is no worker role', async () => {
    const session = await provide(noMetadata, async (name) => (name === 'alibaba-addon-secret' ? keyPair : undefined));
    assert.equal(session.accessKeyId, 'registered');
    assert.equal(session.accessKeySecret.reveal(), 's');
  });

  it('says all that was looked for where there is none of the three', async () => {
    await assert.rejects(
      provide(noMetadata, async () => undefined),
      {
        code: 'metadata-unavailable',
        message:
          'ECS metadata service: no answer (and there is no managed role token file /nowhere/token-config, no Secret alibaba-addon-secret)',
      },
    );
  });

  it('says the same where the Secret may not be read', async () => {
    const forbidden = async () => await Promise.reject(new Failure('kubernetes-forbidden', 'no'));
    await assert.rejects(provide(noMetadata, forbidden), { code: 'metadata-unavailable' });
  });

  it('is unknown while the API server does not answer', async () => {
    const unreachable = async () => await Promise.reject(new Failure('kubernetes-unreachable', 'no'));
    await assert.rejects(provide(noMetadata, unreachable), { code: 'kubernetes-unreachable' });
  });
});
