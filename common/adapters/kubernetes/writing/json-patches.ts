import type { ObservedAccount } from '../../../domain/namespaces/observation.ts';

/**
 * JSON Patches (RFC 6902) of `imagePullSecrets`. The list is atomic for both kinds of merge patch and for server-side apply:
 * they would replace it whole and lose what others added meanwhile. The `test`s bind the patch to the account that was
 * seen, so that neither a change since then nor an account made anew under the same name is touched.
 */

/** Appends the names that are missing; `undefined` when none is. */
export function attachPatch(account: ObservedAccount, names: readonly string[]): string | undefined {
  const missing = names.filter((name, index) => !account.pullSecrets.includes(name) && names.indexOf(name) === index);
  if (missing.length === 0) return undefined;
  const references = missing.map((name) => ({ name }));
  // `-` appends to a list; it cannot make one.
  const operations: readonly Operation[] =
    account.pullSecrets.length === 0
      ? [{ op: 'add', path: listPath, value: references }]
      : references.map((value) => ({ op: 'add', path: `${listPath}/-`, value }));
  return JSON.stringify([...guards(account), ...operations]);
}

/** Takes out every entry with one of the names; `undefined` when there is none. */
export function detachPatch(account: ObservedAccount, names: readonly string[]): string | undefined {
  const indexes = account.pullSecrets.flatMap((name, index) => (names.includes(name) ? [index] : []));
  if (indexes.length === 0) return undefined;
  const operations: readonly Operation[] =
    indexes.length === account.pullSecrets.length
      ? [{ op: 'remove', path: listPath }]
      : // From the back: each removal moves what comes after it.
        indexes.toReversed().map((index) => ({ op: 'remove', path: `${listPath}/${index}` }));
  return JSON.stringify([...guards(account), ...operations]);
}

type Operation =
  | { readonly op: 'test' | 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

const listPath = '/imagePullSecrets';

function guards({ uid, resourceVersion }: ObservedAccount): readonly Operation[] {
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
  ];
}
