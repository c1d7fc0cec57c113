import type {
  ObservedAccount,
  ObservedChange,
  ObservedNamespace,
  ObservedSecret,
} from '../../common/domain/namespaces/observation.ts';

/** Changes as a watch would tell them, with what a test does not care about filled in. */

type Told<State> = Partial<State> & { readonly resourceVersion: string };

export function namespaceSeen(name: string, told: Told<ObservedNamespace>): ObservedChange {
  const { resourceVersion } = told;
  const state = { name, uid: `uid-${name}`, terminating: false, labels: {}, ignored: false, createdAt: 1_000, ...told };
  return { kind: 'namespace', namespace: name, resourceVersion, state };
}

export function accountSeen(namespace: string, name: string, told: Told<ObservedAccount>): ObservedChange {
  const { resourceVersion } = told;
  const uid = `uid-${namespace}-${name}`;
  const state = { namespace, name, uid, labels: {}, ignored: false, pullSecrets: [], createdAt: 2_000, ...told };
  return { kind: 'account', namespace, name, resourceVersion, state };
}

export function secretSeen(namespace: string, name: string, told: Told<ObservedSecret>): ObservedChange {
  const { resourceVersion } = told;
  const state = { namespace, name, uid: `uid-${namespace}-${name}`, ownsData: true, ...told };
  return { kind: 'secret', namespace, name, resourceVersion, state };
}

export function namespaceGone(namespace: string, resourceVersion: string): ObservedChange {
  return { kind: 'namespace', namespace, resourceVersion };
}

export function accountGone(namespace: string, name: string, resourceVersion: string): ObservedChange {
  return { kind: 'account', namespace, name, resourceVersion };
}

export function secretGone(namespace: string, name: string, resourceVersion: string): ObservedChange {
  return { kind: 'secret', namespace, name, resourceVersion };
}
