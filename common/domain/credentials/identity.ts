import { createHash } from 'node:crypto';
import { abbreviateAccessKey } from '../configuration/problems/problem.ts';
import type { SecretText } from '../secret-text.ts';

/** Who signs a call to Alibaba Cloud. Each kind has one file in `common/adapters/alibaba/identities/`. */
export type Identity =
  /** A RAM user's key pair, in plain text in the ConfigMap. */
  | { readonly kind: 'access-key'; readonly accessKeyId: string; readonly accessKeySecret: SecretText }
  /** A RAM user's key pair from a Secret in the helper's namespace; `name` is followed when it changes. */
  | { readonly kind: 'access-key-secret'; readonly secretName: string }
  /** The cluster's own role: `tokenMode` decides between managed role (token file) and worker role (ECS metadata). */
  | { readonly kind: 'cluster-role' }
  /** RAM Roles for Service Accounts: an OIDC token is exchanged for a session. */
  | { readonly kind: 'rrsa'; readonly roleArn: string; readonly oidcProviderArn: string }
  /** A role of another account, taken on by `base`. */
  | {
      readonly kind: 'assumed-role';
      readonly roleArn: string;
      readonly sessionSeconds: number;
      readonly base: Identity;
    };

/**
 * The account whose limits a call counts against, as far as the configuration tells: part of the pool's name, which queues, metrics and
 * pages show. Shape: lower-case letters, digits and `-`.
 */
export function accountOf(identity: Identity): string {
  switch (identity.kind) {
    case 'access-key':
      return `key-${fingerprint(identity.accessKeyId)}`;
    case 'access-key-secret':
      return `secret-${identity.secretName.replaceAll('.', '-')}`;
    case 'cluster-role':
      return 'cluster';
    case 'rrsa':
    case 'assumed-role':
      return accountInArn(identity.roleArn) ?? 'unknown';
  }
}

/** Enough to tell the few keys of a configuration apart, and the same in every process and release. */
function fingerprint(accessKeyId: string): string {
  return createHash('sha256').update(accessKeyId).digest('hex').slice(0, 8);
}

/** What a person calls this identity; never a secret. */
export function describeIdentity(identity: Identity): string {
  switch (identity.kind) {
    case 'access-key':
      return `AccessKey ${abbreviateAccessKey(identity.accessKeyId)}`;
    case 'access-key-secret':
      return `AccessKey in Secret ${identity.secretName}`;
    case 'cluster-role':
      return 'the cluster’s role';
    case 'rrsa':
      return `RRSA role ${identity.roleArn}`;
    case 'assumed-role':
      return `role ${identity.roleArn} assumed by ${describeIdentity(identity.base)}`;
  }
}

/** Everything about an identity that changes the token; a key's secret only as its hash. */
export function identityInputs(identity: Identity): readonly string[] {
  switch (identity.kind) {
    case 'access-key':
      return [
        identity.kind,
        identity.accessKeyId,
        createHash('sha256').update(identity.accessKeySecret.reveal()).digest('hex'),
      ];
    case 'access-key-secret':
      return [identity.kind, identity.secretName];
    case 'cluster-role':
      return [identity.kind];
    case 'rrsa':
      return [identity.kind, identity.roleArn, identity.oidcProviderArn];
    case 'assumed-role':
      return [identity.kind, identity.roleArn, String(identity.sessionSeconds), ...identityInputs(identity.base)];
  }
}

/** `acs:ram::1234567890123456:role/name` → `1234567890123456`. Source: RAM documentation, "ARN". */
function accountInArn(arn: string): string | undefined {
  return /^acs:ram::(\d+):/.exec(arn)?.[1];
}
