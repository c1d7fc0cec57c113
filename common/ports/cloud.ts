import type { RegistrySource } from '../domain/credentials/credential-source.ts';
import type { Credential } from '../domain/credentials/credential.ts';

/** The cloud, as the fetcher sees it. Throws `Failure`. */
export type CredentialIssuer = {
  /** One credential: at most one token call and, when `discoverDomains`, one endpoint call; a session when it needs one. */
  fetchCredential(source: RegistrySource, signal: AbortSignal): Promise<Credential>;
};

/** Where the region of the cluster comes from: `--region`, or the metadata service. Throws `Failure` when it cannot be told. */
export type RegionFinder = {
  findRegion(signal: AbortSignal): Promise<string>;
};
