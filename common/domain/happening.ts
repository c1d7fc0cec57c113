import type { AdmissionMode } from './admission/plan-admission.ts';
import type { Failure } from './failure.ts';
import type { ObservedKind } from './namespaces/observation.ts';
import type { PlanStep } from './namespaces/plan-namespace.ts';
import type { TypedConfiguration } from './status/typed-configuration.ts';

/**
 * EVERY thing that happens and that a person may want to know. Handlers report these; logs, metrics and the account that
 * `demo` gives are made from them in one place each. No happening holds a secret.
 */
export type Happening =
  /** This version of the ConfigMap is looked at; Events are about it. `uid` absent: it is gone, and was never seen. */
  | {
      readonly kind: 'configuration-seen';
      readonly uid?: string | undefined;
      readonly resourceVersion: string;
      /** Its text, secrets masked; absent: there is none. */
      readonly typed?: TypedConfiguration | undefined;
    }
  | {
      readonly kind: 'configuration-accepted';
      /** Hash of the ConfigMap's content. */
      readonly version: string;
      readonly registries: number;
      readonly warnings: readonly string[];
      /** It is another one than the one before, or in force again after a content that was not taken over. */
      readonly changed: boolean;
    }
  | {
      /** It would stop more than half of those who pull today: it waits for the annotation with this hash. */
      readonly kind: 'configuration-held-back';
      readonly hash: string;
      readonly attached: number;
      readonly detached: number;
      /** Would keep the reference, and none of the logins that work today. */
      readonly loggedOut: number;
      readonly keepsLastGood: boolean;
    }
  | { readonly kind: 'configuration-refused'; readonly problems: readonly string[]; readonly keepsLastGood: boolean }
  | { readonly kind: 'configuration-missing'; readonly configMap: string; readonly keepsLastGood: boolean }
  | { readonly kind: 'region-unknown'; readonly failure: Failure }
  | { readonly kind: 'cluster-observed'; readonly namespaces: number }
  | { readonly kind: 'watch-interrupted'; readonly watch: string; readonly failure: Failure }
  | { readonly kind: 'watch-recovered'; readonly watch: string }
  | { readonly kind: 'watch-listed'; readonly watch: string }
  /** A list was older than what had been seen before it: everything that was observed is forgotten, and observed anew. */
  | {
      readonly kind: 'cluster-restored';
      readonly object: ObservedKind;
      /** The newest version that was seen before, and the one of the list. */
      readonly seen: string;
      readonly listed: string;
    }
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
      /** What the sweep had to mend, because nobody had noticed it before. */
      readonly sweepCorrections: number;
      /** For each new account, how long after it appeared it was attached. */
      readonly accountReadySeconds: readonly number[];
      /** How long after the namespace appeared it had its first Secret; absent when it is not new. */
      readonly namespaceReadySeconds?: number | undefined;
    }
  | {
      readonly kind: 'secret-left-alone';
      readonly namespace: string;
      readonly uid: string;
      readonly secret: string;
      readonly takeOver: string;
    }
  /** Only a person can mend what keeps the namespace from being served. */
  | {
      readonly kind: 'namespace-blocked';
      readonly namespace: string;
      readonly uid: string;
      readonly failure: Failure;
    }
  /** What was left alone, or blocked, is as it should be. */
  | { readonly kind: 'namespace-recovered'; readonly namespace: string; readonly uid: string }
  /** It could not be changed in place (of another type, or immutable) and was deleted and made anew. */
  | { readonly kind: 'secret-made-anew'; readonly namespace: string; readonly secret: string; readonly problem: string }
  /** Somebody keeps undoing our change of the object (`Secret NAME`, `ServiceAccount NAME`). */
  | {
      readonly kind: 'fight-recognised';
      readonly namespace: string;
      readonly uid: string;
      readonly object: string;
    }
  | { readonly kind: 'fight-ended'; readonly namespace: string; readonly object: string }
  /** A pod that was admitted before its account had the reference was evicted, so that its controller makes it anew. */
  | {
      readonly kind: 'pod-evicted';
      readonly namespace: string;
      readonly pod: string;
      readonly uid: string;
      readonly account: string;
      /** `ReplicaSet web`. */
      readonly controller: string;
      readonly image: string;
      readonly secrets: readonly string[];
    }
  /** The API server would not evict it. */
  | {
      readonly kind: 'pod-not-evicted';
      readonly namespace: string;
      readonly pod: string;
      readonly uid: string;
      readonly failure: Failure;
      /** It is not tried again. */
      readonly gaveUp: boolean;
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
  | { readonly kind: 'seal-key-missing'; readonly hasPassword: boolean }
  /** Only the ConfigMap names them: they get no token. */
  | { readonly kind: 'hosts-refused'; readonly hosts: readonly string[] }
  | { readonly kind: 'credential-restored'; readonly source: string; readonly expiresAt: number; readonly from: string }
  /** How new accounts get their references from now on. `because`: why it is not by a policy. */
  | { readonly kind: 'admission-registered'; readonly mode: AdmissionMode; readonly because?: string | undefined }
  | {
      readonly kind: 'admission-object-written';
      readonly object: string;
      readonly name: string;
      readonly action: 'apply' | 'remove';
    }
  /** The webhook does not answer yet, so that it is not registered yet. */
  | { readonly kind: 'admission-waiting'; readonly failure: Failure }
  | {
      readonly kind: 'webhook-certificate-changed';
      readonly action: 'issue' | 'stage' | 'switch';
      readonly expiresAt: number;
    }
  | { readonly kind: 'webhook-listening'; readonly address: string; readonly expiresAt: number }
  | { readonly kind: 'webhook-stopped' }
  /** Events may be created and not patched: none says how often it happened. */
  | { readonly kind: 'events-not-counted'; readonly failure: Failure }
  | { readonly kind: 'store-lost' | 'store-restored'; readonly problem: string }
  /** The collector of traces takes none, or again. */
  | { readonly kind: 'traces-lost'; readonly problem: string }
  | { readonly kind: 'traces-restored' };

/** Tells whoever wants to know. Never throws. */
export type Report = (happening: Happening) => void;
