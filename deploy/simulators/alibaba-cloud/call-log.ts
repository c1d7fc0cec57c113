/** What a call is about: what faults are matched by and the log is searched by. Unknown parts are empty. */
export type CallFacts = {
  /** The host that the client named, without a port. */
  readonly host: string;
  /** `GetAuthorizationToken` (of both editions: `version` tells them apart), …; `metadata.<what>`; `registry-token`. */
  readonly action: string;
  readonly version: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly identity: 'root' | 'ram-user' | 'role-session' | 'anonymous';
  readonly principalArn: string;
  readonly instanceId: string;
  readonly nonce: string;
};

/** One request that arrived, and what was answered. */
export type LoggedCall = CallFacts & {
  /** By the simulator's clock, ms since the epoch. */
  readonly at: number;
  readonly status: number;
  /** `success`, the code of the refusal, or what a fault did: `fault:hang`. */
  readonly code: string;
  readonly violations: readonly string[];
};

/** A rule that a client broke; never holds the secret itself. */
export type Violation = { readonly at: number; readonly host: string; readonly action: string; readonly rule: string };

export type CallLog = {
  record(call: LoggedCall): void;
  /** The last calls, oldest first; at most 10,000. */
  all(): readonly LoggedCall[];
  /** Calls for which every field given is equal. */
  matching(filter: Partial<LoggedCall>): readonly LoggedCall[];
  count(filter?: Partial<LoggedCall>): number;
  /** The last 1,000 violations, oldest first. */
  violations(): readonly Violation[];
  clear(): void;
};

const rememberedCalls = 10_000;
const rememberedViolations = 1_000;

/** An empty log. */
export function createCallLog(): CallLog {
  let calls: LoggedCall[] = [];
  let violations: Violation[] = [];
  const matching = (filter: Partial<LoggedCall>): readonly LoggedCall[] => {
    const wanted = Object.entries(filter);
    return calls.filter((call) => wanted.every(([name, value]) => Object.is(Reflect.get(call, name), value)));
  };
  return {
    record: (call) => {
      calls.push(call);
      violations.push(...call.violations.map((rule) => ({ at: call.at, host: call.host, action: call.action, rule })));
      // Half is dropped at a time, so that a full log does not copy itself on every call.
      if (calls.length > rememberedCalls * 1.5) calls = calls.slice(-rememberedCalls);
      if (violations.length > rememberedViolations * 1.5) violations = violations.slice(-rememberedViolations);
    },
    all: () => calls.slice(-rememberedCalls),
    matching,
    count: (filter = {}) => matching(filter).length,
    violations: () => violations.slice(-rememberedViolations),
    clear: () => {
      calls = [];
      violations = [];
    },
  };
}
