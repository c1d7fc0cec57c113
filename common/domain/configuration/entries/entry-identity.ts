import type { Identity } from '../../credentials/identity.ts';
import { SecretText } from '../../secret-text.ts';
import { readArn, readSecretName } from '../values/alibaba-names.ts';
import { abbreviateAccessKey, type Report } from '../problems/problem.ts';
import type { EntryFields } from './entry-fields.ts';
import { readSeconds } from '../values/simple-values.ts';
import type { Span } from '../yaml/text-position.ts';
import { spanIn } from '../values/text-value.ts';

/**
 * Who signs for the entry: its AccessKey pair, a Secret with one, RRSA, or the cluster's role; `assumeRoleARN` is taken on by
 * that. Absent: something was wrong, and was reported.
 */
export function readIdentity(
  fields: EntryFields,
  entry: Span,
  rrsaEnabled: boolean,
  report: Report,
): Identity | undefined {
  reportConflicts(fields, entry, rrsaEnabled, report);
  const base = readBase(fields, rrsaEnabled);
  const session = readSession(fields);
  if (base === undefined || session === undefined) return undefined;
  if (session === 'none') return base;
  return { kind: 'assumed-role', roleArn: session.roleArn, sessionSeconds: session.sessionSeconds, base };
}

function readBase(fields: EntryFields, rrsaEnabled: boolean): Identity | undefined {
  const pair = readPair(fields);
  const secretName = read(fields, 'accessKeySecretRef', (value, report) => readSecretName(value, report));
  const rrsa = readRrsa(fields, rrsaEnabled);
  if (pair !== 'none') return pair;
  if (secretName !== 'none') return secretName === undefined ? undefined : { kind: 'access-key-secret', secretName };
  return rrsaEnabled ? rrsa : { kind: 'cluster-role' };
}

function readPair(fields: EntryFields): Identity | 'none' | undefined {
  const id = fields.value('customAccessKey');
  const secret = fields.value('customAccessKeySecret');
  if (id === undefined && secret === undefined) return 'none';
  const present = id ?? secret;
  if (present === undefined) return undefined;
  if (id === undefined || secret === undefined) {
    const [here, missing] =
      id === undefined
        ? (['customAccessKeySecret', 'customAccessKey'] as const)
        : (['customAccessKey', 'customAccessKeySecret'] as const);
    fields.reportFor(here)({
      code: 'key-pair-incomplete',
      span: spanIn(present),
      message: `${here} is given, but ${missing} is missing`,
      write: `both, or accessKeySecretRef with the name of a Secret`,
    });
    return undefined;
  }
  const accessKeyId = id.text.trim();
  const accessKeySecret = secret.text.trim();
  if (!isKeyText(accessKeyId, spanIn(id), 'customAccessKey', fields)) return undefined;
  if (!isKeyText(accessKeySecret, spanIn(secret), 'customAccessKeySecret', fields)) return undefined;
  fields.reportFor('customAccessKey')({
    code: 'plain-text-access-key',
    span: spanIn(id),
    message: `the AccessKey ${abbreviateAccessKey(accessKeyId)} stands here in plain text`,
    write: 'accessKeySecretRef: name of a Secret with access-key-id and access-key-secret',
  });
  return { kind: 'access-key', accessKeyId, accessKeySecret: new SecretText(accessKeySecret) };
}

/** Both become part of requests; neither ever holds a space or anything outside of ASCII. */
function isKeyText(
  text: string,
  span: Span,
  name: 'customAccessKey' | 'customAccessKeySecret',
  fields: EntryFields,
): boolean {
  if (/^[\x21-\x7E]{1,256}$/.test(text) && (name === 'customAccessKeySecret' || /^[\w.@-]+$/.test(text))) return true;
  fields.reportFor(name)({
    code: 'access-key-format',
    span,
    message: `${name} has characters that no AccessKey has`,
    write: 'the AccessKey as the RAM console shows it, without spaces',
  });
  return false;
}

function readRrsa(fields: EntryFields, enabled: boolean): Identity | undefined {
  const roleArn = read(fields, 'rrsaRoleARN', (value, report) => readArn(value, 'rrsaRoleARN', 'role', report));
  const oidcProviderArn = read(fields, 'rrsaOIDCProviderRoleARN', (value, report) =>
    readArn(value, 'rrsaOIDCProviderRoleARN', 'oidc-provider', report),
  );
  if (roleArn === undefined || oidcProviderArn === undefined) return undefined;
  if ((roleArn === 'none') !== (oidcProviderArn === 'none') && enabled) {
    const [here, missing, variable] =
      roleArn === 'none'
        ? (['rrsaOIDCProviderRoleARN', 'rrsaRoleARN', 'ALIBABA_CLOUD_ROLE_ARN'] as const)
        : (['rrsaRoleARN', 'rrsaOIDCProviderRoleARN', 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN'] as const);
    fields.reportFor(here)({
      code: 'rrsa-incomplete',
      span: fields.value(here)?.span ?? { start: 0, end: 0 },
      message: `${missing} is missing: it is taken from ${variable} in the environment of the helper`,
      write: `${missing} too`,
    });
  }
  return {
    kind: 'rrsa',
    roleArn: roleArn === 'none' ? '' : roleArn,
    oidcProviderArn: oidcProviderArn === 'none' ? '' : oidcProviderArn,
  };
}

function readSession(
  fields: EntryFields,
): { readonly roleArn: string; readonly sessionSeconds: number } | 'none' | undefined {
  const duration = fields.value('expireDuration');
  const sessionSeconds =
    duration === undefined
      ? defaultSessionSeconds
      : readSeconds(duration, duration.quoted, sessionLimits, fields.reportFor('expireDuration'));
  const roleArn = read(fields, 'assumeRoleARN', (value, report) => readArn(value, 'assumeRoleARN', 'role', report));
  if (sessionSeconds === undefined || roleArn === undefined) return undefined;
  return roleArn === 'none' ? 'none' : { roleArn, sessionSeconds };
}

const defaultSessionSeconds = 3600;
const sessionLimits = {
  name: 'expireDuration',
  minimum: 3600,
  maximum: 43_200,
  advice: 'write 3600–43200, and no more than the role’s maximum session',
};

/** Two answers to "who signs" are an error that names both; RRSA fields without RRSA are only useless. */
function reportConflicts(fields: EntryFields, entry: Span, rrsaEnabled: boolean, report: Report): void {
  const pair = fields.has('customAccessKey') || fields.has('customAccessKeySecret');
  const rrsa = fields.value('rrsaRoleARN') ?? fields.value('rrsaOIDCProviderRoleARN');
  const given = [
    ...(pair ? ['customAccessKey'] : []),
    ...(fields.value('accessKeySecretRef') === undefined ? [] : ['accessKeySecretRef']),
    ...(rrsa !== undefined && rrsaEnabled ? ['rrsaRoleARN'] : []),
  ];
  if (given.length > 1) {
    const span = fields.value('accessKeySecretRef')?.span ?? rrsa?.span ?? entry;
    const message = `the entry names ${given.length} identities: ${given.join(' and ')}`;
    report({ code: 'ambiguous-identity', span, message, write: `only one of ${given.join(', ')}` });
  }
  if (rrsa !== undefined && !rrsaEnabled) {
    const name = fields.has('rrsaRoleARN') ? 'rrsaRoleARN' : 'rrsaOIDCProviderRoleARN';
    const message = `${name} has no effect while rrsa is not enabled`;
    report({
      code: 'rrsa-off',
      span: rrsa.span,
      field: name,
      message,
      write: 'the key rrsa with "enable: true", if RRSA is meant',
    });
  }
}

/** `none`: the field is not there; absent: it is wrong. */
function read<Result>(
  fields: EntryFields,
  name: Parameters<EntryFields['value']>[0],
  parse: (
    value: { readonly text: string; readonly origin: (offset: number) => number },
    report: Report,
  ) => Result | undefined,
): Result | 'none' | undefined {
  const value = fields.value(name);
  return value === undefined ? 'none' : parse(value, fields.reportFor(name));
}
