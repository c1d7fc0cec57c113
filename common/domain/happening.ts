import type { Failure } from './failure.ts';
import type { PlanStep } from './namespaces/plan-namespace.ts';

/**
 * EVERY thing that happens and that a person may want to know. Handlers report these; logs, metrics and the account that
 * `demo` gives are made from them in one place each. No happening holds a secret.
 */
export type Happening =
  /** The ConfigMap is there; Events are about it. */
  | { readonly kind: 'configuration-seen'; readonly uid: string }
  | {
      readonly kind: 'configuration-accepted';
      readonly registries: number;
      readonly warnings: readonly string[];
      /** It is another one than the one before. */
      readonly changed: boolean;
    }
  | {
      /** It would detach more than half of what is attached: it waits for the annotation with this hash. */
      readonly kind: 'configuration-held-back';
      readonly hash: string;
      readonly attached: number;
      readonly detached: number;
      readonly keepsLastGood: boolean;
    }
  | { readonly kind: 'configuration-refused'; readonly problems: readonly string[]; readonly keepsLastGood: boolean }
  | { readonly kind: 'configuration-missing'; readonly configMap: string; readonly keepsLastGood: boolean }
  | { readonly kind: 'region-unknown'; readonly failure: Failure }
  | { readonly kind: 'cluster-observed'; readonly namespaces: number }
  | { readonly kind: 'watch-interrupted'; readonly watch: string; readonly failure: Failure }
  | { readonly kind: 'watch-recovered'; readonly watch: string }
  | { readonly kind: 'watch-listed'; readonly watch: string }
  | {
      readonly kind: 'credential-stored';
      readonly source: string;
      readonly domains: number;
      readonly expiresAt: number;
      readonly renewed: boolean;
      /** How long before its expiry the old one was replaced, in seconds; absent for the first. */
      readonly beforeExpirySeconds?: number | undefined;
    }
  | {
      readonly kind: 'credential-failed';
      readonly source: string;
      readonly failure: Failure;
      readonly nextAttemptAt: number;
      /** Until when the last good one still works, ms since the epoch. */
      readonly lastGoodUntil?: number | undefined;
    }
  | {
      readonly kind: 'namespace-synced';
      readonly namespace: string;
      readonly cause: string;
      readonly writes: readonly PlanStep['action'][];
      readonly attached: readonly string[];
      readonly seconds: number;
    }
  | {
      readonly kind: 'secret-left-alone';
      readonly namespace: string;
      readonly secret: string;
      readonly takeOver: string;
    }
  | { readonly kind: 'write-conflicted'; readonly namespace: string; readonly action: PlanStep['action'] }
  | {
      readonly kind: 'message-failed';
      readonly message: string;
      readonly key: string;
      readonly failure: Failure;
      readonly retryInSeconds?: number | undefined;
    }
  | { readonly kind: 'message-rejected'; readonly message: string; readonly problem: string }
  | { readonly kind: 'message-handled'; readonly message: string; readonly queue: string; readonly seconds: number }
  | { readonly kind: 'seal-key-missing' }
  /** Only the ConfigMap names them: they get no token. */
  | { readonly kind: 'hosts-refused'; readonly hosts: readonly string[] }
  | { readonly kind: 'credential-restored'; readonly source: string; readonly expiresAt: number; readonly from: string }
  | { readonly kind: 'store-lost' | 'store-restored'; readonly problem: string };

/** Tells whoever wants to know. Never throws. */
export type Report = (happening: Happening) => void;
