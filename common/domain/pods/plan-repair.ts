import type { Configuration } from '../configuration/configuration.ts';
import type { NamespaceObservation, ObservedAccount } from '../namespaces/observation.ts';
import { isOurs, readSources } from '../namespaces/our-secrets.ts';
import { selectsAccount, selectsNamespace } from '../selection/selection.ts';
import type { HungPod } from './hung-pod.ts';
import { registryOfConfigKey, registryOfImage } from './image-registry.ts';

/** Whether evicting a pod would let its replacement pull. `because` is a sentence that a person can read. */
export type RepairPlan =
  | {
      readonly repair: true;
      /** An image that the pod could not pull, and the Secrets with a login for it that its replacement will have. */
      readonly image: string;
      readonly secrets: readonly string[];
    }
  | { readonly repair: false; readonly because: string };

export type RepairInput = {
  readonly pod: HungPod;
  /** Of the pod's namespace. */
  readonly observation: NamespaceObservation;
  readonly configuration: Configuration;
  /** ms since the epoch. */
  readonly now: number;
};

/**
 * A pod that was admitted before its account had the reference [P7] hangs for ever: its list of pull Secrets never changes. It is
 * to be evicted when its account refers to a Secret of ours that has a login for an image that the pod could not pull, and the pod
 * does not. How often that may happen is decided elsewhere (`repair-history.ts`). Pure.
 */
export function planRepair(input: RepairInput): RepairPlan {
  for (const check of checks) {
    const because = check(input);
    if (because !== undefined) return { repair: false, because };
  }
  for (const image of input.pod.images) {
    const secrets = missingSecrets(image, input);
    if (secrets.length > 0) return { repair: true, image, secrets };
  }
  return { repair: false, because: 'it lacks no Secret of ours that has a login for an image that it waits for' };
}

/** What tells for sure that a pod is none of our business, without a look at its namespace. */
export function isOutOfQuestion(pod: HungPod): boolean {
  return checksOfPod.some((check) => check(pod) !== undefined);
}

type Check<T> = (input: T) => string | undefined;

const checksOfPod: readonly Check<HungPod>[] = [
  ({ terminating }) => (terminating ? 'it is going already' : undefined),
  ({ ignored }) => (ignored ? 'it is annotated with acr-credential-helper/ignore' : undefined),
  ({ isMirror, controller }) => (isMirror || controller?.kind === 'Node' ? 'a kubelet made it from a file' : undefined),
  ({ controller }) => (controller === undefined ? 'no controller would make it anew' : undefined),
];

const checks: readonly Check<RepairInput>[] = [
  ({ configuration }) => (configuration.repairPods ? undefined : 'repair-pods is not enabled'),
  ...checksOfPod.map(
    (check): Check<RepairInput> =>
      ({ pod }) =>
        check(pod),
  ),
  ({ pod, now }) => (now - pod.createdAt < settleSeconds * 1000 ? `it is younger than ${settleSeconds} s` : undefined),
  ({ observation: { namespace }, configuration }) =>
    namespace === undefined || namespace.terminating || !selectsNamespace(configuration, namespace)
      ? 'its namespace is not served'
      : undefined,
  (input) => {
    const account = accountOf(input);
    return account === undefined || !selectsAccount(input.configuration, account)
      ? 'its account is not served'
      : undefined;
  },
  (input) =>
    bringsItsOwnList(input) && !admissionAddsToPods(input.configuration)
      ? 'its template brings its own list of pull Secrets, which its replacement would have too'
      : undefined,
];

/** An image that is pulled within moments needs no help, and what was created together becomes known together. */
const settleSeconds = 10;

function accountOf({ pod, observation }: RepairInput): ObservedAccount | undefined {
  return observation.accounts.find(({ name }) => name === pod.account);
}

/** The API server copies the account's list only into a pod without one: names that are not the account's came with the pod. */
function bringsItsOwnList(input: RepairInput): boolean {
  const ofAccount = accountOf(input)?.pullSecrets ?? [];
  return input.pod.pullSecrets.some((name) => !ofAccount.includes(name));
}

function admissionAddsToPods({ admission, accountSelector }: Configuration): boolean {
  return admission.enabled && admission.pods && accountSelector === undefined;
}

function missingSecrets(image: string, input: RepairInput): readonly string[] {
  const registry = registryOfImage(image);
  const ofAccount = accountOf(input)?.pullSecrets ?? [];
  return input.observation.secrets
    .filter(
      (secret) =>
        isOurs(secret) &&
        ofAccount.includes(secret.name) &&
        !input.pod.pullSecrets.includes(secret.name) &&
        readSources(secret.sources).some(
          ({ hosts, expiresAt }) =>
            expiresAt > input.now && hosts.some((host) => registryOfConfigKey(host) === registry),
        ),
    )
    .map(({ name }) => name);
}
