import type { CallFacts } from './call-log.ts';
import { CloudError } from './cloud-error.ts';
import type { ServiceReply } from './service-reply.ts';

/** A request that has found its service: what it is about, and how it will be answered unless a fault comes between. */
export type RoutedCall = {
  readonly facts: CallFacts;
  readonly violations: readonly string[];
  readonly requestId: string;
  /** No packet gets there from the cluster: the connection is reset. */
  readonly isUnreachable: boolean;
  /** Does the work. Called at most once. */
  reply(): ServiceReply;
  /** A refusal in the form of this service. */
  refuse(error: CloudError): ServiceReply;
};

/** A result or the refusal that was thrown instead; anything else that is thrown is a bug and passes through. */
export type Attempt<Value> =
  { readonly succeeded: true; readonly value: Value } | { readonly succeeded: false; readonly error: CloudError };

/** Runs `work` and keeps a `CloudError` as a value. */
export function attempt<Value>(work: () => Value): Attempt<Value> {
  try {
    return { succeeded: true, value: work() };
  } catch (error) {
    if (error instanceof CloudError) return { succeeded: false, error };
    throw error;
  }
}

/** Facts of a call of which only host and action are known. */
export function plainFacts(host: string, action: string): CallFacts {
  return {
    host,
    action,
    version: '',
    region: '',
    accessKeyId: '',
    accountId: '',
    identity: 'anonymous',
    principalArn: '',
    instanceId: '',
    nonce: '',
  };
}
