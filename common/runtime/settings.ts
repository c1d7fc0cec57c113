import { isRegionId, regionMeant } from '../domain/configuration/values/regions.ts';
import { Failure } from '../domain/failure.ts';
import { settingTable } from './setting-table.ts';
import { roleNames, type RoleName } from '../domain/role.ts';

/** What the program was told at its start: parsed, checked, with units. */
export type Settings = {
  readonly roles: readonly RoleName[];
  readonly redisUrl?: string | undefined;
  /** In front of every key of Redis, where this process must not meet other helpers: in a demo. There is no flag for it. */
  readonly redisPrefix?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly configMap: { readonly namespace: string; readonly name: string };
  readonly region?: string | undefined;
  readonly tokenMode: 'auto' | 'managedRole' | 'workerRole';
  readonly secretName: string;
  readonly opsAddress: { readonly host: string; readonly port: number };
  readonly webhook: WebhookSettings;
  readonly kubeConcurrency: number;
  readonly kubeRequestsPerSecond?: number | undefined;
  readonly sealKeyFile?: string | undefined;
  readonly allowedHosts: readonly string[];
  readonly openApiEndpoint?: URL | undefined;
  /** Absent: tracing is off. */
  readonly tracing?: TracingSettings | undefined;
  readonly logLevel: (typeof logLevels)[number];
  readonly logFormat: (typeof logFormats)[number];
  readonly environment: WellKnownEnvironment;
};

/** Where the webhook listens, and how it is reached. */
export type WebhookSettings = {
  readonly address: { readonly host: string; readonly port: number };
  /** Name of the Service. */
  readonly service: string;
  /** Instead of the Service; `https:` and without a path. */
  readonly url?: URL | undefined;
  readonly certificateFolder?: string | undefined;
};

/** Where traces go, with the path, and which share of them. */
export type TracingSettings = { readonly endpoint: URL; readonly ratio: number };

/** Variables that Kubernetes and Alibaba Cloud's own tools set; there is no flag for them. */
export type WellKnownEnvironment = {
  readonly kubernetesServiceHost?: string | undefined;
  readonly kubernetesServicePort?: string | undefined;
  readonly metadataEndpoint: URL;
  readonly metadataV1Disabled: boolean;
  /** Role of the ECS instance; asked for when absent. */
  readonly workerRoleName?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly oidcProviderArn?: string | undefined;
  readonly oidcTokenFile?: string | undefined;
  readonly managedTokenFile?: string | undefined;
};

/** The only place that reads the environment of the process. */
export function readEnvironment(): Environment {
  return process.env;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Option values by setting name, as the command line gives them. */
export type RawSettings = Readonly<Record<string, unknown>>;

/** Checks every value. Throws `setting-invalid`, which names the flag, the value and what to write instead. */
export function parseSettings(given: RawSettings, environment: Environment): Settings {
  const raw: RawSettings = { ...defaults, ...given };
  return {
    roles: rolesOf(raw['role']),
    redisUrl: text(raw['redisUrl']),
    kubeconfig: text(raw['kubeconfig']),
    configMap: configMapOf(String(raw['configMap'])),
    region: optional(text(raw['region']), regionOf),
    tokenMode: oneOf('--token-mode', raw['tokenMode'], tokenModes),
    secretName: secretNameOf(String(raw['secretName'])),
    opsAddress: addressOf('--ops-address', String(raw['opsAddress'])),
    webhook: {
      address: addressOf('--webhook-address', String(raw['webhookAddress'])),
      service: serviceNameOf(String(raw['webhookService'])),
      url: optional(text(raw['webhookUrl']), webhookUrlOf),
      certificateFolder: text(raw['webhookCertDir']),
    },
    kubeConcurrency: wholeNumber('--kube-concurrency', raw['kubeConcurrency'], 1, 256),
    kubeRequestsPerSecond:
      raw['kubeQps'] === undefined ? undefined : wholeNumber('--kube-qps', raw['kubeQps'], 1, 100_000),
    sealKeyFile: text(raw['sealKeyFile']),
    allowedHosts: listOf(raw['allowedHost']).map(hostOf),
    openApiEndpoint: optional(text(raw['openapiEndpoint']), endpointOf),
    tracing: tracingOf(text(raw['traceEndpoint']), raw['traceRatio']),
    logLevel: oneOf('--log-level', raw['logLevel'], logLevels),
    logFormat: oneOf('--log-format', raw['logFormat'], logFormats),
    environment: {
      kubernetesServiceHost: text(environment['KUBERNETES_SERVICE_HOST']),
      kubernetesServicePort: text(environment['KUBERNETES_SERVICE_PORT']),
      metadataEndpoint: metadataEndpointOf(text(environment['ALIBABA_CLOUD_IMDS_ENDPOINT'])),
      metadataV1Disabled: environment['ALIBABA_CLOUD_IMDSV1_DISABLED'] === 'true',
      workerRoleName: text(environment['ALIBABA_CLOUD_ECS_METADATA']),
      roleArn: text(environment['ALIBABA_CLOUD_ROLE_ARN']),
      oidcProviderArn: text(environment['ALIBABA_CLOUD_OIDC_PROVIDER_ARN']),
      oidcTokenFile: text(environment['ALIBABA_CLOUD_OIDC_TOKEN_FILE']),
      managedTokenFile: text(environment['ALIBABA_CLOUD_ACK_ADDON_TOKEN_PATH']),
    },
  };
}

/** For the settings that a command has no flag for. */
const defaults: RawSettings = Object.fromEntries(
  Object.entries(settingTable).flatMap(([name, row]) => ('default' in row ? [[name, row.default]] : [])),
);

const tokenModes = ['auto', 'managedRole', 'workerRole'] as const;
const logLevels = ['debug', 'info', 'warn', 'error'] as const;
const logFormats = ['auto', 'json', 'text'] as const;

function rolesOf(raw: unknown): readonly RoleName[] {
  const names = listOf(raw);
  if (names.includes('all')) return roleNames;
  const roles = names.map((name) => oneOf('--role', name, roleNames, ['all', ...roleNames]));
  return [...new Set(roles)];
}

function configMapOf(value: string): Settings['configMap'] {
  const parts = value.split('/');
  const [namespace, name] = parts;
  if (parts.length !== 2 || !isObjectName(namespace) || namespace.includes('.') || !isObjectName(name)) {
    throw invalid('--config-map', value, 'write NAMESPACE/NAME, such as kube-system/acr-configuration');
  }
  return { namespace, name };
}

function secretNameOf(value: string): string {
  if (!isObjectName(value) || value.length > 250) {
    throw invalid(
      '--secret-name',
      value,
      'write a Kubernetes name: lower-case letters, digits, "-" and ".", at most 250 characters',
    );
  }
  return value;
}

function serviceNameOf(value: string): string {
  if (/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value)) return value;
  throw invalid(
    '--webhook-service',
    value,
    'write the name of a Service: at most 63 lower-case letters, digits and "-"',
  );
}

/** The API server calls nothing but TLS. */
function webhookUrlOf(value: string): URL {
  const url = urlOf('--webhook-url', value);
  if (url.protocol !== 'https:' || url.pathname !== '/' || url.search !== '')
    throw invalid('--webhook-url', value, 'write https://HOST:PORT without a path');
  return url;
}

function isObjectName(value: string | undefined): value is string {
  return value !== undefined && value.length <= 253 && value.split('.').every((part) => objectNamePart.test(part));
}

const objectNamePart = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

function regionOf(value: string): string {
  if (isRegionId(value)) return value;
  throw invalid('--region', value, `write the id of a region, such as ${regionMeant(value) ?? 'cn-hangzhou'}`);
}

/** Compared as a whole: what is no host would be allowed in vain. */
function hostOf(value: string): string {
  const host = value.toLowerCase();
  if (/^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:\d{1,5})?$/.test(host)) return host;
  throw invalid(
    '--allowed-host',
    value,
    'write a host by its full name, with its port if it has one; no scheme, path or wildcard',
  );
}

/** A path is a prefix for a gateway in between; nothing else would be sent. */
function endpointOf(value: string): URL {
  const url = urlOf('--openapi-endpoint', value);
  if (url.search === '' && url.hash === '') return url;
  throw invalid('--openapi-endpoint', '(hidden)', 'write a URL without "?" and "#"');
}

function addressOf(flag: string, value: string): Settings['opsAddress'] {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:\s]*):(\d{1,5})$/.exec(value);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) throw invalid(flag, value, 'write HOST:PORT, such as 127.0.0.1:9090');
  const host = (match[1] ?? '').replaceAll(/[[\]]/g, '');
  return { host: host === '' ? '0.0.0.0' : host, port };
}

function urlOf(flag: string, value: string): URL {
  if (!URL.canParse(value) || !['http:', 'https:'].includes(new URL(value).protocol)) {
    throw invalid(flag, value, 'write a URL that starts with http:// or https://');
  }
  const url = new URL(value);
  if (url.username !== '' || url.password !== '')
    throw invalid(flag, '(hidden)', 'a user or password does not belong into this URL');
  return url;
}

/** The standard's variable holds the address without the path. A ratio that is nonsense is one without an endpoint, too. */
function tracingOf(address: string | undefined, share: unknown): TracingSettings | undefined {
  const ratio = String(share).trim() === '' ? Number.NaN : Number(share);
  if (!(ratio >= 0 && ratio <= 1))
    throw invalid('--trace-ratio', String(share), 'write a number from 0 to 1, such as 0.1');
  if (address === undefined) return undefined;
  const endpoint = urlOf('--trace-endpoint', address);
  if (endpoint.search !== '' || endpoint.hash !== '')
    throw invalid(
      '--trace-endpoint',
      '(hidden)',
      'write a URL without "?" and "#"; OTEL_EXPORTER_OTLP_HEADERS takes a token',
    );
  if (!endpoint.pathname.endsWith(tracesPath)) endpoint.pathname = endpoint.pathname.replace(/\/+$/, '') + tracesPath;
  return { endpoint, ratio };
}

/** Source: OTLP specification, "OTLP/HTTP Request". */
const tracesPath = '/v1/traces';

/** Alibaba Cloud's tools take a bare `host:port` here as well as a URL. */
function metadataEndpointOf(value = '100.100.100.200'): URL {
  return urlOf('ALIBABA_CLOUD_IMDS_ENDPOINT', value.includes('://') ? value : `http://${value}`);
}

function wholeNumber(flag: string, raw: unknown, min: number, max: number): number {
  const value = Number(raw);
  if (!Number.isInteger(value) || value < min || value > max)
    throw invalid(flag, String(raw), `write a whole number from ${min} to ${max}`);
  return value;
}

function oneOf<T extends string>(
  flag: string,
  raw: unknown,
  allowed: readonly T[],
  shown: readonly string[] = allowed,
): T {
  const found = allowed.find((candidate) => candidate === raw);
  if (found === undefined) throw invalid(flag, String(raw), `write one of ${shown.join(', ')}`);
  return found;
}

function listOf(raw: unknown): readonly string[] {
  const values = Array.isArray(raw) ? raw.map(String) : [text(raw) ?? ''];
  return values
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function optional<T>(value: string | undefined, read: (value: string) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

function text(raw: unknown): string | undefined {
  return typeof raw === 'string' && raw !== '' ? raw : undefined;
}

function invalid(flag: string, value: string, write: string): Failure {
  return new Failure('setting-invalid', `${flag} is "${value}": ${write}`);
}
