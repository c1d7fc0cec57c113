import type { CloudProduct } from './hosts.ts';
import type { Session } from './session.ts';

/** One call of an Alibaba Cloud API, without the host that it goes to. */
export type CloudCall = {
  readonly product: CloudProduct;
  /** As the API's documentation calls it, also for ROA calls: `GetAuthorizationToken`. */
  readonly action: string;
  readonly version: string;
  readonly method: 'GET' | 'POST';
  /** `/` for RPC calls. */
  readonly path: string;
  /** Parameters that may be seen in a URL: never a secret. */
  readonly query: Readonly<Record<string, string>>;
  /** Parameters of the form body; here secrets may be. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** Region that is called; absent for STS while the cluster's region is unknown. */
  readonly regionId?: string | undefined;
  /** Whom or what the call is for, in messages: `cri-abc`, `Personal Edition`, `role acs:ram::…`. */
  readonly subject: string;
  /** Absent: the call is not signed. */
  readonly session?: Session | undefined;
};

/** An answer's JSON object; every field has to be checked before use. */
export type CloudAnswer = Readonly<Record<string, unknown>>;

/** `GetAuthorizationToken for cri-abc in cn-hangzhou`. */
export function describeCall(call: Pick<CloudCall, 'action' | 'subject' | 'regionId'>): string {
  return `${call.action} for ${call.subject}${call.regionId === undefined ? '' : ` in ${call.regionId}`}`;
}

/** Every secret that goes into a call: what must never come out in a message. */
export function secretsOf(call: CloudCall): readonly string[] {
  const { session, form } = call;
  return [session?.accessKeySecret.reveal(), session?.securityToken?.reveal(), form?.['OIDCToken']].filter(
    (secret) => secret !== undefined,
  );
}
