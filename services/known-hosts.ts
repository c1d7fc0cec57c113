import type { CredentialStore, KnownHostStore } from '../common/ports/stores.ts';

/** What whoever must not see credentials may know of them: the hosts. */
export function createKnownHosts(credentials: Pick<CredentialStore, 'read'>): KnownHostStore {
  return {
    async readHosts(sourceIds) {
      const records = await credentials.read(sourceIds);
      return new Map(
        [...records].flatMap(([id, { credential }]) =>
          credential === undefined ? [] : [[id, credential.discoveredDomains] as const],
        ),
      );
    },
  };
}
