import { noPermission } from './cloud-error.ts';

/** Who signed a request. `arn` is the ARN that `GetCallerIdentity` gives. */
export type CallerIdentity = {
  readonly kind: 'root' | 'ram-user' | 'role-session' | 'anonymous';
  readonly accountId: string;
  readonly arn: string;
  readonly accessKeyId: string;
  readonly allowedActions: readonly string[];
  /** The role behind a session. */
  readonly roleArn?: string | undefined;
  /** When the session ends, ms since the epoch; long-lived keys have none. */
  readonly sessionExpiresAt?: number | undefined;
};

/** Nobody: an unsigned request. */
export const anonymous = {
  kind: 'anonymous',
  accountId: '',
  arn: '',
  accessKeyId: '',
  allowedActions: [],
} satisfies CallerIdentity;

/** Throws `NoPermission` unless `identity` is allowed `action`, e.g. `cr:GetAuthorizationToken`. */
export function requirePermission(identity: CallerIdentity, action: string): void {
  if (!isAllowed(identity, action)) throw noPermission();
}

/** Whether one of the identity's actions (with `*` as a glob) covers `action`. RAM compares without regard to case. */
export function isAllowed(identity: CallerIdentity, action: string): boolean {
  return identity.allowedActions.some((pattern) => matchesGlob(pattern, action));
}

/** `*` stands for any number of characters; the rest is compared without regard to case. */
export function matchesGlob(pattern: string, text: string): boolean {
  const expression = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, (character) =>
    character === '*' ? '.*' : `\\${character}`,
  );
  return new RegExp(`^${expression}$`, 'i').test(text);
}
