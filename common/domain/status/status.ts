import type { FailureCode } from '../failure-catalog.ts';
import type { CoverageState } from '../namespaces/coverage.ts';
import type { RoleName } from '../role.ts';

/**
 * How things are: what `/api/status` answers, the status page shows and the command `status` prints. Every moment is in ms since the
 * epoch. There is no secret in it, and it is plain JSON.
 */
export type Status = {
  /** When this was true. */
  readonly at: number;
  readonly helper: { readonly version: string; readonly roles: readonly RoleName[]; readonly startedAt: number };
  readonly headline: Headline;
  readonly credentials: readonly CredentialStatus[];
  readonly coverage: Coverage;
  readonly queues: readonly QueueStatus[];
  readonly api: ApiUse;
  readonly configuration: ConfigurationStatus;
  /** What stands in the way of this process, one sentence each. */
  readonly problems: readonly string[];
};

/** Whether pods can pull, in one glance. */
export type Headline = {
  /** `good`: all can pull. `warning`: something is missing or will be. `bad`: pulls fail, or nobody knows. */
  readonly level: 'good' | 'warning' | 'bad';
  /** Ends with a full stop. */
  readonly sentence: string;
  /** The next moment that matters. */
  readonly deadline?: { readonly what: 'next renewal' | 'first expiry'; readonly at: number } | undefined;
  /** The first thing to do; absent when there is nothing to do. */
  readonly remedy?: string | undefined;
};

export type CredentialStatus = {
  /** Absent: the entry names no region, and the cluster’s own is not known. */
  readonly sourceId?: string | undefined;
  /** What a person calls it: `cri-…`, `personal/cn-hangzhou`, `Secret …`. */
  readonly name: string;
  readonly region?: string | undefined;
  /** By which its rate limit is counted: `<region>.<account>`. */
  readonly pool?: string | undefined;
  /** Who signs the calls, for people. */
  readonly identity?: string | undefined;
  /**
   * `failing`: usable, but the last fetch failed. `missing`: there is none that works. `waiting`: there is none yet, and nothing failed.
   */
  readonly state: 'fresh' | 'failing' | 'waiting' | 'missing';
  /** Hosts that it is for, as far as they are known. */
  readonly hosts: readonly string[];
  readonly fetchedAt?: number | undefined;
  /** Absent: there is none, or it never expires. */
  readonly expiresAt?: number | undefined;
  readonly renewsAt?: number | undefined;
  readonly failure?: CredentialTrouble | undefined;
};

export type CredentialTrouble = {
  /** Also the heading in `docs/failure-modes.md`. */
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string;
  readonly at: number;
  /** Attempts since the last success. */
  readonly attempts: number;
  readonly nextAttemptAt: number;
};

export type Coverage = {
  /** Whether the whole cluster was listed; before that the counts are of what was seen so far. */
  readonly listed: boolean;
  readonly namespaces: {
    readonly total: number;
    readonly selected: number;
    readonly served: number;
    /** Selected and not served, for whatever reason but the next. */
    readonly waiting: number;
    /** Selected, but of our name there is a Secret that is not ours. */
    readonly leftAlone: number;
  };
  readonly accounts: { readonly selected: number; readonly attached: number };
  /** Those that are not served, at most `rowsMax`; with `?namespaces=all` every namespace. By name. */
  readonly rows: readonly NamespaceStatus[];
  /** How many more would be in `rows`. */
  readonly more: number;
};

export type NamespaceStatus = {
  readonly name: string;
  /** As in the metric `acr_helper_namespaces`; but one whose logins of before still work, while a renewal is written, is served. */
  readonly state: CoverageState;
  /** Why it is not served, one sentence each without a full stop; empty when it is. */
  readonly reasons: readonly string[];
  readonly accounts: { readonly selected: number; readonly attached: number };
};

export type QueueStatus = {
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly oldestAgeSeconds: number;
};

/** Of this process, in the last full minute or since the start. */
export type ApiUse = {
  readonly writesPerMinute: number;
  readonly conflictsPerMinute: number;
  readonly throttledPerMinute: number;
};

export type ConfigurationStatus = {
  /** `namespace/name` of the ConfigMap. */
  readonly configMap: string;
  /** Absent: none is in force. */
  readonly inForce?:
    | {
        readonly version: string;
        readonly registries: number;
        readonly localRegion?: string | undefined;
        /** Since when this process knows it. */
        readonly since?: number | undefined;
      }
    | undefined;
  /** What became of the latest edit; absent where this process does not watch the ConfigMap. */
  readonly latestEdit?: LatestEdit | undefined;
};

export type LatestEdit = { readonly at: number } & (
  | { readonly state: 'accepted'; readonly warnings: readonly string[] }
  | { readonly state: 'refused'; readonly problems: readonly string[]; readonly keepsLastGood: boolean }
  | { readonly state: 'missing'; readonly keepsLastGood: boolean }
  | {
      readonly state: 'held-back';
      /** Value of the annotation `acr-credential-helper/confirm` that lets it through. */
      readonly hash: string;
      readonly attached: number;
      readonly detached: number;
      readonly loggedOut: number;
      readonly keepsLastGood: boolean;
    }
);

/** Rows of `Coverage` unless all are asked for. */
export const rowsMax = 200;

/** What `buildStatus` puts a headline on. */
export type StatusParts = Omit<Status, 'headline'>;
