import {
  admissionObjectNames,
  type AdmissionCapabilities,
  type AdmissionObject,
  type AdmissionObjectName,
} from '../../common/domain/admission/admission-objects.ts';
import { isApplied } from '../../common/domain/admission/is-applied.ts';
import { planAdmission, type AdmissionMode, type AdmissionPlan } from '../../common/domain/admission/plan-admission.ts';
import { referenceRules, type AdmissionRules } from '../../common/domain/admission/reference-rules.ts';
import { registeredAuthority, type WebhookAddress } from '../../common/domain/admission/webhook-configurations.ts';
import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { Failure, toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { AdmissionRegistry } from '../../common/ports/admission.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { ConfigurationStore, CredentialStore } from '../../common/ports/stores.ts';
import type { Handler, HandlerResult } from '../../queues/bus.ts';
import type { KeptCertificate } from './keep-certificate.ts';

export type RegisterAdmissionTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly credentials: Pick<CredentialStore, 'read'>;
  readonly registry: AdmissionRegistry;
  /** Is told which authority is registered. */
  readonly keepCertificate: (registeredAuthority: string | undefined) => Promise<KeptCertificate>;
  /** How the API server reaches the webhook. */
  readonly target: WebhookAddress['target'];
  /** Rejects where the webhook does not answer; `times`: so often in a row, so that not one replica of several answers alone. */
  readonly probe: (caBundle: string | undefined, times: number) => Promise<void>;
  readonly configMap: { readonly namespace: string; readonly name: string };
  readonly secretName: string;
  readonly allowedHosts: readonly string[];
  readonly clock: Clock;
  readonly report: Report;
};

/**
 * Keeps what the API server is told about admission in step with the configuration: observe, plan, apply. What takes over is
 * registered before what it replaces goes, and a webhook only once it answers: a cluster is never left without either, and never
 * made to wait for a webhook that is not there.
 *
 * Calls: get `/apis/admissionregistration.k8s.io/v1` (every account may), and get, patch (apply, also `create`) and delete of
 * `mutatingadmissionpolicies`, `mutatingadmissionpolicybindings` (`acr-credential-helper`, `acr-credential-helper-pods`),
 * `mutatingwebhookconfigurations` and `validatingwebhookconfigurations` (`acr-credential-helper`), each by its name; those of
 * `keepCertificate`; and one HTTPS request to the webhook itself.
 */
export function registerAdmission(tools: RegisterAdmissionTools): Handler<'admission.register'> {
  const memory: Memory = { refusals: new Map(), inPlaceSince: new Map(), waits: 0, said: undefined };
  return async () => {
    for (let round = 1; ; round++) {
      const inForce = await tools.configurations.read();
      if (inForce === undefined) return undefined;
      const result = await registerAllowed(inForce, memory, tools);
      // A writer that was held up may have registered what is out of force by now, after another one had removed it.
      const version = (await tools.configurations.read())?.version;
      if (version === inForce.version || round === roundsMax) return result;
    }
  };
}

/** The next edit sends a message of its own. */
const roundsMax = 3;

async function registerAllowed(
  inForce: ConfigurationInForce,
  memory: Memory,
  tools: RegisterAdmissionTools,
): Promise<HandlerResult> {
  try {
    return await register(inForce, memory, tools);
  } catch (error) {
    const failure = toFailure(error);
    // Without the right to look there is nothing of ours to remove either: the rights come with the setting.
    if (!inForce.configuration.admission.enabled && failure.code === 'kubernetes-forbidden') return undefined;
    throw failure;
  }
}

/** What one process remembers between two messages; all of it may be forgotten. */
type Memory = {
  /** Content of a policy that the API server refused → what it said. Only the last one. */
  readonly refusals: Map<string, string>;
  /** Since when an object has been seen as it should be, ms since the epoch. */
  readonly inPlaceSince: Map<string, number>;
  /** How often the webhook did not answer, one after the other. */
  waits: number;
  said: string | undefined;
};

async function register(
  inForce: ConfigurationInForce,
  memory: Memory,
  tools: RegisterAdmissionTools,
): Promise<HandlerResult> {
  const { enabled } = inForce.configuration.admission;
  const capabilities = await tools.registry.capabilities();
  const [rules, there] = await Promise.all([rulesOf(inForce, tools), readObjects(capabilities, tools.registry)]);
  const webhook = enabled ? await reachWebhook(there, capabilities, memory, tools) : { until: Number.MAX_SAFE_INTEGER };
  const plan = await apply({ inForce, rules, capabilities, there, address: webhook.address, memory }, tools);
  const settled = await removeStale(plan, there, memory, tools);
  sayMode(plan, memory, tools.report);
  if (!enabled) return settled ? undefined : { againAfterSeconds: settleSeconds };
  const untilDue = Math.max(1, (webhook.until - tools.clock()) / 1000);
  return { againAfterSeconds: Math.min(recheckSeconds, untilDue, settled ? Infinity : settleSeconds, pauseOf(memory)) };
}

/** Somebody may have changed or deleted the objects, and the cluster may have been upgraded. */
const recheckSeconds = 60;

/** By then every API server uses what was registered: only then goes what it replaces. */
const settleSeconds = 10;

async function rulesOf(inForce: ConfigurationInForce, tools: RegisterAdmissionTools): Promise<AdmissionRules> {
  const { sources } = resolveRegistries(inForce);
  const records = await tools.credentials.read([...sources.keys()]);
  return referenceRules({ inForce, records, secretName: tools.secretName, allowedHosts: tools.allowedHosts });
}

async function readObjects({ kinds }: AdmissionCapabilities, registry: AdmissionRegistry): Promise<Objects> {
  const served = admissionObjectNames.filter(({ kind }) => kinds.has(kind));
  const read = await Promise.all(served.map(async (object) => [keyOf(object), await registry.read(object)] as const));
  return new Map(read.flatMap(([key, content]) => (content === undefined ? [] : [[key, content] as const])));
}

/** What is there, by kind and name. */
type Objects = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

async function reachWebhook(
  there: Objects,
  { kinds }: AdmissionCapabilities,
  memory: Memory,
  tools: RegisterAdmissionTools,
): Promise<{ readonly address?: WebhookAddress | undefined; readonly until: number }> {
  const { caBundle, until } = await tools.keepCertificate(registeredAuthority([...there.values()]));
  try {
    const isFirst = !kinds.has('MutatingAdmissionPolicy') && ![...there.keys()].some(isMutatingWebhook);
    await tools.probe(caBundle, isFirst ? firstProbes : 1);
    memory.waits = 0;
    return { address: { target: tools.target, caBundle }, until };
  } catch (error) {
    memory.waits++;
    if (memory.waits === saidAfterWaits) tools.report({ kind: 'admission-waiting', failure: toFailure(error) });
    return { until };
  }
}

/** Replicas begin within a second or so of each other, and an API server is not to be led to one that has not. */
const firstProbes = 5;

function isMutatingWebhook(key: string): boolean {
  return key.startsWith('MutatingWebhookConfiguration/');
}

/** At a start the webhook needs a moment: nothing to tell a person about. */
const saidAfterWaits = 6;

function pauseOf({ waits }: Memory): number {
  return waits === 0 ? Infinity : Math.min(30, 0.1 * 2 ** waits);
}

type ApplyInput = {
  readonly inForce: ConfigurationInForce;
  readonly rules: AdmissionRules;
  readonly capabilities: AdmissionCapabilities;
  readonly there: Objects;
  readonly address: WebhookAddress | undefined;
  readonly memory: Memory;
};

/** Registers what differs; a policy that the API server refuses is not offered again, and the webhook takes its place. */
async function apply(input: ApplyInput, tools: RegisterAdmissionTools): Promise<AdmissionPlan> {
  const { inForce, rules, capabilities, there, address, memory } = input;
  const planInput = {
    settings: inForce.configuration.admission,
    rules,
    configMap: tools.configMap,
    capabilities,
    address,
  };
  const fingerprint = JSON.stringify(planAdmission({ ...planInput, address: undefined }).objects);
  const plan = planAdmission({ ...planInput, policyRefused: memory.refusals.get(fingerprint) });
  for (const object of plan.objects) {
    try {
      await applyOne(object, there, memory, tools);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'kubernetes-invalid' || plan.mode !== 'policy') throw error;
      memory.refusals.clear();
      memory.refusals.set(fingerprint, error.message);
      return apply(input, tools);
    }
  }
  return plan;
}

async function applyOne(
  object: AdmissionObject,
  there: Objects,
  { inPlaceSince }: Memory,
  { registry, clock, report }: RegisterAdmissionTools,
): Promise<void> {
  const key = keyOf(object);
  const content = there.get(key);
  if (content === undefined || !isApplied(object.content, content)) {
    await registry.apply(object);
    report({ kind: 'admission-object-written', object: object.kind, name: object.name, action: 'apply' });
    inPlaceSince.set(key, clock());
  } else if (!inPlaceSince.has(key)) {
    inPlaceSince.set(key, clock());
  }
}

/** Answers whether nothing is left that is still to be removed. */
async function removeStale(
  plan: AdmissionPlan,
  there: Objects,
  { inPlaceSince }: Memory,
  { registry, clock, report }: RegisterAdmissionTools,
): Promise<boolean> {
  const wanted = new Set(plan.objects.map(keyOf));
  const stale = admissionObjectNames.filter((object) => there.has(keyOf(object)) && !wanted.has(keyOf(object)));
  for (const key of inPlaceSince.keys()) if (!wanted.has(key)) inPlaceSince.delete(key);
  const lastChange = Math.max(0, ...plan.objects.filter(mutates).map((object) => inPlaceSince.get(keyOf(object)) ?? 0));
  const takesOver = plan.mode !== 'off' && clock() - lastChange < settleSeconds * 1000;
  let settled = true;
  for (const object of stale) {
    if (plan.waitsForWebhook && (plan.mode === 'webhook' || isWebhook(object))) continue;
    if (takesOver && mutates(object)) {
      settled = false;
      continue;
    }
    await registry.remove(object);
    report({ kind: 'admission-object-written', object: object.kind, name: object.name, action: 'remove' });
  }
  return settled;
}

function mutates({ kind }: AdmissionObjectName): boolean {
  return kind !== 'ValidatingWebhookConfiguration';
}

function isWebhook({ kind }: AdmissionObjectName): boolean {
  return kind === 'MutatingWebhookConfiguration' || kind === 'ValidatingWebhookConfiguration';
}

function sayMode({ mode, noPolicyBecause, objects }: AdmissionPlan, memory: Memory, report: Report): void {
  const isThere = mode === 'off' || objects.some(mutates);
  const saying: `${AdmissionMode} ${string}` = `${mode} ${noPolicyBecause ?? ''}`;
  if (!isThere || memory.said === saying || (memory.said === undefined && mode === 'off')) return;
  memory.said = saying;
  report({ kind: 'admission-registered', mode, because: noPolicyBecause });
}

function keyOf({ kind, name }: AdmissionObjectName): string {
  return `${kind}/${name}`;
}
