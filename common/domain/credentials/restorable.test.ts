import assert from 'node:assert/strict';
import { now, secret } from '../../../tests/fixtures/values.ts';
import type { CredentialSource, RegistrySource } from './credential-source.ts';
import { passwordLogin, renderDockerConfig } from '../namespaces/docker-config.ts';
import { restorableSources, restoreCredentials } from './restorable.ts';
import { SecretText } from '../secret-text.ts';

const expiresAt = now + 3_600_000;

function registrySource(parts: Partial<RegistrySource> = {}): RegistrySource {
  return {
    kind: 'registry',
    id: 'a',
    pool: 'cn-hangzhou.cluster',
    edition: 'enterprise',
    instanceId: 'cri-a',
    regionId: 'cn-hangzhou',
    identity: { kind: 'cluster-role' },
    discoverDomains: false,
    wantsAllDomains: false,
    customHosts: [],
    ...parts,
  };
}

function annotation(parts: object = {}): string {
  const times = { issuedAt: new Date(now).toISOString(), expiresAt: new Date(expiresAt).toISOString() };
  return JSON.stringify([{ id: 'a', hosts: ['a.io', 'b.io'], discovered: false, ...times, ...parts }]);
}

describe('restorableSources', () => {
  const held = secret({ sources: annotation() });

  function ids(from: typeof held, source: CredentialSource, at = now): readonly string[] {
    return restorableSources(from, [source], at).map(({ id }) => id);
  }

  it('finds a source whose credential the Secret holds, and until when it works', () => {
    assert.deepEqual(restorableSources(held, [registrySource()], now), [{ id: 'a', expiresAt }]);
  });

  it('leaves out another source', () => {
    assert.deepEqual(ids(held, registrySource({ id: 'b' })), []);
  });

  it('leaves out what has expired', () => {
    assert.deepEqual(ids(held, registrySource(), expiresAt), []);
  });

  it('believes no Secret of somebody else, and none whose content somebody changed', () => {
    assert.deepEqual(ids({ ...held, managedBy: 'somebody' }, registrySource()), []);
    assert.deepEqual(ids({ ...held, ownsData: false }, registrySource()), []);
  });

  it('needs all domains for a source of which all are wanted', () => {
    const source = registrySource({ discoverDomains: true, wantsAllDomains: true });
    assert.deepEqual(ids(held, source), []);
    assert.deepEqual(ids(secret({ sources: annotation({ discovered: true }) }), source), ['a']);
  });

  it('leaves out a mirrored docker config, which is read from where it comes', () => {
    assert.deepEqual(ids(held, { kind: 'mirror', id: 'a', pool: 'mirror', secretName: 'other' }), []);
  });
});

describe('restoreCredentials', () => {
  const login = passwordLogin('cr_temp_user', new SecretText('token-a'), 'me@example.com');
  const dockerConfig = renderDockerConfig([
    { host: 'a.io', login },
    { host: 'b.io', login },
  ]);

  it('gives back user, password and times as they were written', () => {
    const [restored] = restoreCredentials({ sources: annotation() }, dockerConfig, ['a']);
    assert.equal(restored?.password.reveal(), 'token-a');
    const { password: _, ...rest } = restored;
    assert.deepEqual(rest, {
      sourceId: 'a',
      username: 'cr_temp_user',
      discoveredDomains: ['a.io', 'b.io'],
      issuedAt: now,
      expiresAt,
    });
  });

  it('gives back the domains that were named, where the Secret has a login for only one of them', () => {
    const sources = annotation({ hosts: ['a.io'], domains: ['a.io', 'b.io', 'c.io'], discovered: true });
    const [restored] = restoreCredentials({ sources }, dockerConfig, ['a']);
    assert.deepEqual(restored?.discoveredDomains, ['a.io', 'b.io', 'c.io']);
  });

  it('gives back that none were asked for', () => {
    const [restored] = restoreCredentials({ sources: annotation({ domains: [] }) }, dockerConfig, ['a']);
    assert.deepEqual(restored?.discoveredDomains, []);
  });

  it('gives back the domains that were discovered', () => {
    const [restored] = restoreCredentials({ sources: annotation({ discovered: true }) }, dockerConfig, ['a']);
    assert.deepEqual(restored?.discoveredDomains, ['a.io', 'b.io']);
  });

  it('gives back only what it is asked for', () => {
    assert.deepEqual(restoreCredentials({ sources: annotation() }, dockerConfig, ['b']), []);
  });

  it('leaves out a source without a login that we wrote', () => {
    const foreign = renderDockerConfig([{ host: 'a.io', login: new SecretText('{"auth":"dTpw"}') }]);
    assert.deepEqual(restoreCredentials({ sources: annotation() }, foreign, ['a']), []);
    assert.deepEqual(restoreCredentials({ sources: annotation() }, new SecretText('half a {'), ['a']), []);
  });
});
