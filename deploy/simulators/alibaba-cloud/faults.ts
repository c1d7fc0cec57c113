import type { CallFacts } from './call-log.ts';
import { matchesGlob } from './identity.ts';

/** Something that goes wrong for calls that match. */
export type Fault = {
  readonly match: FaultMatch;
  readonly effect: FaultEffect;
  /** How many calls it hits; without it, every one until it is removed. */
  readonly times?: number | undefined;
};

/** Every field given has to match; all are globs with `*`. An empty match hits everything. */
export type FaultMatch = {
  readonly host?: string | undefined;
  readonly action?: string | undefined;
  /** Of the API: `2018-12-01` Enterprise Edition, `2016-06-07` Personal Edition, `2015-04-01` STS. */
  readonly version?: string | undefined;
  readonly region?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly instanceId?: string | undefined;
};

export type FaultEffect =
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message?: string | undefined }
  /** `Throttling.User`, with `x-acs-retry-after` when a wait is given. */
  | {
      readonly kind: 'throttle';
      readonly retryAfterMilliseconds?: number | undefined;
      readonly status?: number | undefined;
    }
  /** Reads the request and never answers. */
  | { readonly kind: 'hang' }
  /** TCP reset instead of an answer. */
  | { readonly kind: 'reset' }
  /** An HTML page, as a load balancer or a proxy sends it. */
  | { readonly kind: 'html'; readonly status?: number | undefined }
  /** HTTP 200 with `IsSuccess: false`. */
  | { readonly kind: 'not-successful'; readonly code: string; readonly message?: string | undefined }
  | { readonly kind: 'without-token' }
  /** Every expiry in the answer becomes now plus this: -3600 for the past, 315,360,000 for ten years ahead. */
  | { readonly kind: 'expiry'; readonly offsetSeconds: number }
  | { readonly kind: 'invalid-json' }
  /** The body trickles in over about that time. */
  | { readonly kind: 'slow-body'; readonly milliseconds: number };

export type FaultKind = FaultEffect['kind'];

/** A fault in force. */
export type ActiveFault = Fault & { readonly id: string; readonly hits: number };

export type Faults = {
  /** Puts a fault in force; answers with its id. The newest fault that matches wins. Throws beyond 1,000 faults. */
  add(fault: Fault): string;
  remove(id: string): boolean;
  clear(): void;
  list(): readonly ActiveFault[];
  /** The effect for a call, counting the hit; `undefined` when nothing goes wrong. */
  take(facts: CallFacts): FaultEffect | undefined;
};

const mostFaults = 1_000;

/** No faults. */
export function createFaults(): Faults {
  let active: readonly ActiveFault[] = [];
  let added = 0;
  return {
    add: (fault) => {
      if (active.length >= mostFaults) throw new Error(`There are ${mostFaults} faults already; clear some first.`);
      added += 1;
      const id = `fault-${added}`;
      active = [{ ...fault, id, hits: 0 }, ...active];
      return id;
    },
    remove: (id) => {
      const before = active.length;
      active = active.filter((fault) => fault.id !== id);
      return active.length < before;
    },
    clear: () => {
      active = [];
    },
    list: () => active,
    take: (facts) => {
      const hit = active.find((fault) => matches(fault.match, facts));
      if (hit === undefined) return undefined;
      const counted = { ...hit, hits: hit.hits + 1 };
      active = active.flatMap((fault) => {
        if (fault !== hit) return [fault];
        return counted.hits >= (hit.times ?? Number.POSITIVE_INFINITY) ? [] : [counted];
      });
      return hit.effect;
    },
  };
}

/** What a fault can be matched by. */
export const matchFields = ['host', 'action', 'version', 'region', 'accessKeyId', 'accountId', 'instanceId'] as const;

function matches(match: FaultMatch, facts: CallFacts): boolean {
  return matchFields.every((field) => {
    const pattern = match[field];
    return pattern === undefined || matchesGlob(pattern, facts[field]);
  });
}
