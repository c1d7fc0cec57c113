import * as z from 'zod';

import type { Configuration, ConfigurationInForce } from '../../domain/configuration/configuration.ts';
import type { Credential, FetchFailure } from '../../domain/credentials/credential.ts';
import { failureCatalog, type FailureCode } from '../../domain/failure-catalog.ts';
import type { Identity } from '../../domain/credentials/identity.ts';
import type { LabelRequirement } from '../../domain/selection/label-selector.ts';
import { SecretText } from '../../domain/secret-text.ts';
import type { FetchOutcome } from '../../ports/stores.ts';

/** As JSON WITH its secrets in plain text: only to be sealed. */
export function encodeConfiguration(inForce: ConfigurationInForce): string {
  return toJsonWithSecrets(inForce);
}

/** Throws when the text is not a configuration as this version writes it; the message names fields, never values. */
export function decodeConfiguration(text: string): ConfigurationInForce {
  return parseAs(configurationInForce, text);
}

/** As JSON WITH its secrets in plain text: only to be sealed. */
export function encodeFetchOutcome(outcome: FetchOutcome): string {
  return toJsonWithSecrets(outcome);
}

/** Throws when the text is not an outcome as this version writes it; the message names fields, never values. */
export function decodeFetchOutcome(text: string): FetchOutcome {
  return parseAs(fetchOutcome, text);
}

/** The replacer gets what `SecretText.toJSON` made of a value; the value itself is still in its holder. */
function toJsonWithSecrets(value: unknown): string {
  return JSON.stringify(value, function replace(this: unknown, key: string, shown: unknown) {
    const holder = this as Readonly<Record<string, unknown>>;
    const original = holder[key];
    return original instanceof SecretText ? original.reveal() : shown;
  });
}

function parseAs<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'the value'} (${issue.code})`);
  throw new TypeError(problems.join(', '));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw new TypeError('not JSON');
  }
}

/** A schema with every field of `T`, so that a new field cannot be forgotten here, not even an optional one. */
type Fields<T> = { readonly [K in keyof Required<T>]: z.ZodType<T[K]> };

const secretText = z.string().transform((text) => new SecretText(text));

const namePatterns = z.object({ include: z.array(z.string()), exclude: z.array(z.string()) });

const labelRequirement: z.ZodType<LabelRequirement> = z.union([
  z.object({ key: z.string(), operator: z.enum(['in', 'not-in']), values: z.array(z.string()) }),
  z.object({ key: z.string(), operator: z.enum(['exists', 'does-not-exist']) }),
]);

const identity: z.ZodType<Identity> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('access-key'), accessKeyId: z.string(), accessKeySecret: secretText }),
    z.object({ kind: z.literal('access-key-secret'), secretName: z.string() }),
    z.object({ kind: z.literal('cluster-role') }),
    z.object({ kind: z.literal('rrsa'), roleArn: z.string(), oidcProviderArn: z.string() }),
    z.object({ kind: z.literal('assumed-role'), roleArn: z.string(), sessionSeconds: z.number(), base: identity }),
  ]),
);

const registryEntry = z.object({
  index: z.number(),
  edition: z.enum(['enterprise', 'personal']),
  instanceId: z.string(),
  regionId: z.string().optional(),
  domains: z.array(z.string()).optional(),
  identity,
  namespaces: namePatterns.optional(),
} satisfies Fields<Configuration['registries'][number]>);

const mirrorEntry = z.object({
  index: z.number(),
  secretName: z.string(),
  namespaces: namePatterns.optional(),
} satisfies Fields<Configuration['mirrors'][number]>);

const admission = z.object({
  enabled: z.boolean(),
  failurePolicy: z.enum(['Ignore', 'Fail']),
  timeoutSeconds: z.number(),
  pods: z.boolean(),
} satisfies Fields<Configuration['admission']>);

const configuration = z.object({
  namespaces: namePatterns,
  namespaceSelector: z.array(labelRequirement).optional(),
  accounts: namePatterns,
  accountSelector: z.array(labelRequirement).optional(),
  registries: z.array(registryEntry),
  mirrors: z.array(mirrorEntry),
  expiringThresholdSeconds: z.number(),
  notifyEmail: z.string().optional(),
  secretNaming: z.enum(['aggregated', 'per-domain']),
  attach: z.boolean(),
  takeOver: z.boolean(),
  repairPods: z.boolean(),
  admission,
} satisfies Fields<Configuration>);

const configurationInForce: z.ZodType<ConfigurationInForce> = z.object({
  configuration,
  version: z.string(),
  localRegion: z.string().optional(),
  clusterId: z.string().optional(),
} satisfies Fields<ConfigurationInForce>);

const credential = z.object({
  sourceId: z.string(),
  username: z.string(),
  password: secretText,
  discoveredDomains: z.array(z.string()),
  issuedAt: z.number(),
  expiresAt: z.number(),
} satisfies Fields<Credential>);

const fetchFailure = z.object({
  // A newer version may know more codes than this one.
  code: z.custom<FailureCode>(isFailureCode).catch('unexpected'),
  message: z.string(),
  hint: z.string(),
  at: z.number(),
  attempts: z.number(),
  nextAttemptAt: z.number(),
} satisfies Fields<FetchFailure>);

const fetchOutcome: z.ZodType<FetchOutcome> = z.object({
  sourceId: z.string(),
  credential: credential.optional(),
  failure: fetchFailure.optional(),
} satisfies Fields<FetchOutcome>);

function isFailureCode(value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(failureCatalog, value);
}
