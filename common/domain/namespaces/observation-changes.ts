import { isOurs } from './our-secrets.ts';
import type { Labels, ObservedAccount, ObservedChange, ObservedNamespace, ObservedSecret } from './observation.ts';

export type ObservedState = ObservedNamespace | ObservedAccount | ObservedSecret;

/**
 * Whether a plan may come out differently with `after` in place of `before`, two states of one object (absent: there is none).
 * A new resource version alone never counts: every heartbeat has one. Neither does the echo of a write of ours, which often comes
 * before the answer to it:
 *
 *     writer    patch ────────────────▶ answer ─▶ store
 *     watcher            ─▶ event ─▶ store          (says nothing new)
 */
export function isPlanRelevant(before: ObservedState | undefined, after: ObservedState | undefined): boolean {
  if (after === undefined) return before !== undefined;
  if (isEcho(before, after)) return false;
  return before === undefined || planRelevance(before) !== planRelevance(after);
}

/** What a write of ours looks like from outside, whichever process made it. */
function isEcho(before: ObservedState | undefined, after: ObservedState): boolean {
  if ('ownsData' in after) {
    const wasOurs =
      before === undefined ||
      ('ownsData' in before && before.uid === after.uid && isOurs(before) && holdsTheSame(before, after));
    return wasOurs && isOurs(after) && after.ownsData;
  }
  return (
    'pullSecrets' in after && before !== undefined && 'pullSecrets' in before && onlyGainsReferences(before, after)
  );
}

/**
 * Whether both hold logins of the same sources for the same hosts, however old. A helper with another configuration writes others, and is
 * noticed by that; so is the first write after a change of our own configuration, which costs a plan and no write.
 */
function holdsTheSame(before: ObservedSecret, after: ObservedSecret): boolean {
  return withoutTimes(before.sources) === withoutTimes(after.sources);
}

function withoutTimes(sources: string | undefined): string | undefined {
  return sources?.replaceAll(/"(?:issuedAt|expiresAt)":"[^"]*",?/g, '');
}

/** No plan asks for more when a reference was added: not for somebody else's, and ours is what a plan would have asked for. */
function onlyGainsReferences(before: ObservedAccount, after: ObservedAccount): boolean {
  const kept = after.pullSecrets.slice(0, before.pullSecrets.length);
  return planRelevance(before) === planRelevance({ ...after, pullSecrets: kept });
}

/**
 * Everything of a state that a plan may depend on, as compact JSON: equal texts, equal plans. The object's own name and its age
 * are not in it, because they never change under one uid.
 */
export function planRelevance(state: ObservedState): string {
  if ('pullSecrets' in state) {
    return JSON.stringify([state.uid, Number(state.ignored), inKeyOrder(state.labels), state.pullSecrets]);
  }
  if ('ownsData' in state) {
    const { uid, ownsData, managedBy, version, sources, writtenBy } = state;
    const foreign = writtenBy === undefined ? [] : [writtenBy];
    return JSON.stringify([uid, Number(ownsData), managedBy, version, sources, ...foreign]);
  }
  return JSON.stringify([state.uid, Number(state.ignored), inKeyOrder(state.labels), Number(state.terminating)]);
}

/** `namespace/name`, or the name alone for a namespace: how lists name what they hold. */
export function listKeyOf(change: ObservedChange): string {
  return change.kind === 'namespace' ? change.namespace : `${change.namespace}/${change.name}`;
}

/** Whether a list may speak about the object: one of Secrets is of the Secrets of one name. */
export function belongsToList(object: ObservedChange, secretName: string | undefined): boolean {
  return object.kind !== 'secret' || secretName === undefined || object.name === secretName;
}

/** Labels are a set: the order in which an API server writes them means nothing. */
function inKeyOrder(labels: Labels): Labels {
  const keys = Object.keys(labels);
  if (keys.length < 2) return labels;
  return Object.fromEntries(keys.toSorted().map((key) => [key, labels[key] ?? '']));
}
