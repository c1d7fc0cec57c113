import type { SecretText } from '../secret-text.ts';

/** A Secret as it should be; the same value serves every namespace with the same registries. */
export type DesiredSecret = {
  readonly name: string;
  /** The text of `.dockerconfigjson`. */
  readonly dockerConfig: SecretText;
  /** Annotation `acr-credential-helper/version`: hash of the content. */
  readonly version: string;
  /** Annotation `acr-credential-helper/expires-at`: the earliest expiry, ms since the epoch. */
  readonly expiresAt: number;
  /** Annotation `acr-credential-helper/sources`: which source gave which hosts, until when. */
  readonly sources: readonly SecretSource[];
};

export type SecretSource = {
  readonly id: string;
  /** Those that this Secret has a login for. */
  readonly hosts: readonly string[];
  /** The domains that the source named, where `hosts` does not tell them: with one Secret per domain. */
  readonly domains?: readonly string[] | undefined;
  /** `domains`, or else `hosts`, are all the domains of the instance, and not just those that an entry lists. */
  readonly discovered: boolean;
  /** ms since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
};
