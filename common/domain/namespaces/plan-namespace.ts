import type { Configuration } from '../configuration/configuration.ts';
import type { DesiredSecret, SecretSource } from './desired-secret.ts';
import type { AwaitedSource, DesiredSecrets } from './desired-secrets.ts';
import type { NamespaceObservation, ObservedAccount, ObservedSecret } from './observation.ts';
import { isOurs, isYoungerElsewhere, readSources, wouldLose } from './our-secrets.ts';
import { planRemovals } from './plan-removals.ts';
import { selectsAccount, selectsNamespace } from '../selection/selection.ts';

/** What to do so that one namespace matches the configuration. An empty plan: it matches. */
export type NamespacePlan = {
  /** In order; steps of one `stage` may run at the same time. */
  readonly steps: readonly PlanStep[];
  /** Credentials that are missing; storing them names the namespace again. */
  readonly waitingFor: readonly AwaitedSource[];
  /** What was not touched although something is to be done, and why. */
  readonly leftAlone: readonly LeftAlone[];
  /** When to plan again although nothing may have changed, ms since the epoch. */
  readonly planAgainAt?: number | undefined;
};

/** Write before refer before delete: a reference never names a Secret that is not there yet, or not any more. */
export type PlanStep =
  | { readonly stage: 'write'; readonly action: 'create-secret'; readonly secret: DesiredSecret }
  | {
      readonly stage: 'write';
      readonly action: 'rewrite-secret' | 'repair-secret' | 'take-over-secret';
      readonly secret: DesiredSecret;
      readonly at: ObservedSecret;
    }
  | {
      readonly stage: 'refer';
      readonly action: 'attach';
      readonly account: ObservedAccount;
      readonly names: readonly string[];
    }
  | {
      readonly stage: 'detach';
      readonly action: 'detach';
      readonly account: ObservedAccount;
      readonly names: readonly string[];
    }
  | { readonly stage: 'delete'; readonly action: 'delete-secret'; readonly at: ObservedSecret };

/** In the order in which they run. */
export const stages = ['write', 'refer', 'detach', 'delete'] as const satisfies readonly PlanStep['stage'][];

export type LeftAlone = { readonly secret: string; readonly reason: 'not-ours' };

export type PlanInput = {
  readonly observation: NamespaceObservation;
  readonly configuration: Configuration;
  /** For the entries that concern this namespace; without entries, or for a namespace that is not selected, empty. */
  readonly desired: DesiredSecrets;
  /** Name of the first Secret. */
  readonly secretName: string;
  /** ms since the epoch. */
  readonly now: number;
};

/** Compares what was observed with what is wanted. Pure: the same input gives the same plan. */
export function planNamespace(input: PlanInput): NamespacePlan {
  const { namespace } = input.observation;
  if (namespace === undefined || namespace.terminating) return nothingToDo;
  const selected = selectsNamespace(input.configuration, namespace);
  const writes = selected ? input.desired.secrets.map((secret) => planSecret(secret, input)) : [];
  const awaited = selected ? input.desired.awaited : [];
  const names = writes.filter(({ usable }) => usable).map(({ name }) => name);
  const removals = planRemovals({
    ...input,
    selected,
    desired: selected ? input.desired.secrets : [],
    readyNames: names,
    readyHosts: new Set(writes.flatMap(({ readyHosts }) => readyHosts)),
    isWaiting: awaited.length > 0,
  });
  return {
    steps: [
      ...writes.flatMap(({ step }) => step ?? []),
      ...(selected ? planAttachments(input, names) : []),
      ...removals.detach.map((each): PlanStep => ({ stage: 'detach', action: 'detach', ...each })),
      ...removals.remove.map((at): PlanStep => ({ stage: 'delete', action: 'delete-secret', at })),
    ],
    waitingFor: awaited,
    leftAlone: writes.flatMap(({ leftAlone }) => leftAlone ?? []),
    planAgainAt: earliest([...writes.map(({ heldUntil }) => heldUntil), removals.againAt]),
  };
}

const nothingToDo: NamespacePlan = { steps: [], waitingFor: [], leftAlone: [] };

/** What becomes of one desired Secret. `usable`: after the step the Secret is there and ours, so accounts may name it. */
type SecretDecision = {
  readonly name: string;
  readonly usable: boolean;
  /** Hosts that it has a login for after the step. */
  readonly readyHosts: readonly string[];
  readonly step?: PlanStep;
  readonly leftAlone?: LeftAlone;
  readonly heldUntil?: number;
};

/** The first rule that applies decides. */
function planSecret(secret: DesiredSecret, input: PlanInput): SecretDecision {
  const { name } = secret;
  const observed = input.observation.secrets.find((candidate) => candidate.name === name);
  const heldUntil = holdsWriteUntil(secret, observed, input);
  const ready = { name, usable: true, readyHosts: hostsOf(secret.sources) };
  const unusable = { name, usable: false, readyHosts: [] };
  if (observed === undefined) {
    return heldUntil === undefined
      ? { ...ready, step: { stage: 'write', action: 'create-secret', secret } }
      : { ...unusable, heldUntil };
  }
  if (!isOurs(observed)) {
    return input.configuration.takeOver
      ? { ...ready, step: { stage: 'write', action: 'take-over-secret', secret, at: observed } }
      : { ...unusable, leftAlone: { secret: name, reason: 'not-ours' } };
  }
  if (!observed.ownsData) return { ...ready, step: { stage: 'write', action: 'repair-secret', secret, at: observed } };
  if (observed.version === secret.version || isYoungerElsewhere(observed, secret, input.now)) return ready;
  return heldUntil === undefined
    ? { ...ready, step: { stage: 'write', action: 'rewrite-secret', secret, at: observed } }
    : { ...ready, readyHosts: hostsOf(readSources(observed.sources)), heldUntil };
}

function hostsOf(sources: readonly SecretSource[]): readonly string[] {
  return sources.flatMap(({ hosts }) => hosts);
}

/**
 * Until when a write waits for the credentials that are still missing, ms since the epoch.
 *
 *     two registries, first start      A stored ──▶ wait for B (2 s at most)  ──▶ one write with both
 *     a renewal of A while B is lost   the Secret still holds B's old entry: keep it until A's old entry is about to expire
 */
function holdsWriteUntil(
  secret: DesiredSecret,
  observed: ObservedSecret | undefined,
  { desired, now }: PlanInput,
): number | undefined {
  if (observed === undefined) return earliest(desired.awaited.map(({ pendingUntil }) => pendingUntil));
  if (desired.renewalPendingUntil !== undefined) return desired.renewalPendingUntil;
  if (desired.awaited.length === 0) return undefined;
  const lossUntil = wouldLose(observed, secret, now);
  return lossUntil !== undefined && lossUntil > now ? lossUntil : undefined;
}

function planAttachments({ observation, configuration }: PlanInput, names: readonly string[]): readonly PlanStep[] {
  return observation.accounts.flatMap((account): PlanStep[] => {
    const missing = names.filter((name) => !account.pullSecrets.includes(name));
    return missing.length > 0 && selectsAccount(configuration, account)
      ? [{ stage: 'refer', action: 'attach', account, names: missing }]
      : [];
  });
}

function earliest(moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
