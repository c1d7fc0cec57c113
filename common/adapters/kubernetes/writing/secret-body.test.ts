import assert from 'node:assert/strict';

import type { DesiredSecret } from '../../../domain/namespaces/desired-secret.ts';
import { SecretText } from '../../../domain/secret-text.ts';
import { createSecretBodies } from './secret-body.ts';

const at = { uid: 'uid-1', resourceVersion: '42' };

describe('bodies of a Secret', () => {
  const metadata = {
    labels: { 'app.kubernetes.io/managed-by': 'acr-credential-helper' },
    annotations: {
      'acr-credential-helper/expires-at': '2026-11-24T08:00:00Z',
      'acr-credential-helper/version': 'v"1',
      'acr-credential-helper/sources': JSON.stringify([
        {
          id: 'abc',
          hosts: ['a.example.com'],
          discovered: false,
          issuedAt: '2026-11-24T07:00:00Z',
          expiresAt: '2026-11-24T08:00:00.500Z',
        },
      ]),
    },
  };
  const data = { '.dockerconfigjson': Buffer.from('{"auths":{"ä":{}}}').toString('base64') };

  it('for a create name no version and no namespace', () => {
    assert.deepEqual(JSON.parse(createSecretBodies().apply(secret())), {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { name: 'pull', ...metadata },
      data,
    });
  });

  it('for a repair name the version', () => {
    assert.deepEqual(JSON.parse(createSecretBodies().apply(secret(), at)), {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { ...at, name: 'pull', ...metadata },
      data,
    });
  });

  it('for a rewrite name the version and what changes', () => {
    assert.deepEqual(JSON.parse(createSecretBodies().merge(secret(), at)), { metadata: { ...at, ...metadata }, data });
  });

  it('are put together once for all namespaces', () => {
    let reveals = 0;
    const dockerConfig = new (class extends SecretText {
      override reveal(): string {
        reveals++;
        return super.reveal();
      }
    })('{}');
    const value = { ...secret(), dockerConfig };
    const bodies = createSecretBodies();
    for (let n = 0; n < 100; n++) bodies.merge(value, { uid: `uid-${n}`, resourceVersion: String(n) });
    bodies.apply(value);
    assert.equal(reveals, 1);
  });
});

function secret(): DesiredSecret {
  const expiresAt = Date.parse('2026-11-24T08:00:00Z');
  return {
    name: 'pull',
    dockerConfig: new SecretText('{"auths":{"ä":{}}}'),
    version: 'v"1',
    expiresAt,
    sources: [
      {
        id: 'abc',
        hosts: ['a.example.com'],
        discovered: false,
        issuedAt: Date.parse('2026-11-24T07:00:00Z'),
        expiresAt: expiresAt + 500,
      },
    ],
  };
}
