/**
 * One row of the table of keys (here) and fields (`field-schema.ts`): from it come "did you mean", `docs/configuration.md` and which names the reader knows.
 * How a value is checked stands in the file named after its kind.
 */
export type SettingSchema = {
  readonly name: string;
  readonly kind: ValueKind;
  /** As a person would write it; empty: none. */
  readonly default: string;
  readonly limits: string;
  readonly meaning: string;
  /** `original`: as in the component this program replaces; `extension`: only here; `old`: older releases, ignored. */
  readonly origin: 'original' | 'extension' | 'old';
  /** A value that the reader takes without a word. */
  readonly example: string;
  /** Names that people use for the same thing, in other forms of the original's configuration. */
  readonly alsoCalled?: readonly string[];
};

export type ValueKind =
  | 'names'
  | 'selector'
  | 'duration'
  | 'seconds'
  | 'text'
  | 'boolean'
  | 'choice'
  | 'entries'
  | 'mapping'
  | 'instance'
  | 'region'
  | 'domains'
  | 'role-arn'
  | 'provider-arn'
  | 'secret-name'
  | 'access-key'
  | 'ignored';

/** Keys of the ConfigMap. */
export const keys = [
  {
    name: 'service-account',
    kind: 'names',
    default: 'default',
    limits: 'at most 1,000 items',
    meaning:
      'the ServiceAccounts that get the reference, as a comma list; `*` is every account of the watched namespaces',
    origin: 'original',
    example: 'default,builder',
    alsoCalled: ['serviceAccount', 'serviceAccounts'],
  },
  {
    name: 'watch-namespace',
    kind: 'names',
    default: 'default',
    limits: 'at most 1,000 items',
    meaning: 'the namespaces that get credentials, as a comma list; `all` is every namespace',
    origin: 'original',
    example: 'all',
    alsoCalled: ['watchNamespace', 'watch-namespaces'],
  },
  {
    name: 'acr-registry-info',
    kind: 'entries',
    default: 'the Personal Edition of the cluster’s own region',
    limits: 'at most 1,000 entries',
    meaning: 'the registries, as a YAML or JSON list inside the string',
    origin: 'original',
    example:
      '- instanceId: "cri-a1b2c3d4e5f6g7h8"\n  regionId: "cn-hangzhou"\n  domains: "team-registry-vpc.cn-hangzhou.cr.aliyuncs.com"',
    alsoCalled: ['AcrInstanceInfo', 'acrRegistryInfo', 'registry-info'],
  },
  {
    name: 'expiring-threshold',
    kind: 'duration',
    default: '15m',
    limits: 'longer than 0; half the life of the token is the most that has an effect',
    meaning: 'a credential is renewed this long before it expires, as a Go duration',
    origin: 'original',
    example: '15m',
    alsoCalled: ['expiringThreshold'],
  },
  {
    name: 'notify-email',
    kind: 'text',
    default: '',
    limits: 'at most 320 characters',
    meaning: 'written as `email` into the docker config',
    origin: 'original',
    example: 'registry@example.com',
    alsoCalled: ['notifyEmail'],
  },
  {
    name: 'rrsa',
    kind: 'mapping',
    default: 'enable: false',
    limits: '',
    meaning: 'RAM Roles for Service Accounts, as YAML inside the string',
    origin: 'original',
    example: 'enable: true',
    alsoCalled: ['enableRRSA'],
  },
  {
    name: 'webhook-configuration',
    kind: 'mapping',
    default: 'enable: false',
    limits: '',
    meaning: 'whether new ServiceAccounts are born with the reference, as YAML inside the string',
    origin: 'original',
    example: 'enable: true\nfailure-policy: Ignore\ntimeout-seconds: 10',
    alsoCalled: ['webhookConfiguration', 'webhook'],
  },
  {
    name: 'namespace-selector',
    kind: 'selector',
    default: '',
    limits: 'at most 1,000 requirements',
    meaning: 'label-selector text; a namespace must match it too, and label changes are acted on',
    origin: 'extension',
    example: 'team,env in (test,prod),!legacy',
  },
  {
    name: 'service-account-selector',
    kind: 'selector',
    default: '',
    limits: 'at most 1,000 requirements',
    meaning: 'label-selector text; a ServiceAccount must match it too',
    origin: 'extension',
    example: 'pulls=private',
  },
  {
    name: 'secret-naming',
    kind: 'choice',
    default: 'aggregated',
    limits: '`aggregated` or `per-domain`',
    meaning:
      'one Secret `acr-credential-secret-aggregation` per namespace, or one `acr-credential-<MD5 of the domain>` per domain as older releases of the original made; a second credential for a host is in a second Secret with `-1` behind the name. A change writes and attaches the new Secrets before the old ones go',
    origin: 'extension',
    example: 'per-domain',
  },
  {
    name: 'attach',
    kind: 'boolean',
    default: 'true',
    limits: '`true` or `false`',
    meaning: '`false`: Secrets are written, ServiceAccounts are left alone',
    origin: 'extension',
    example: 'false',
  },
  {
    name: 'take-over',
    kind: 'boolean',
    default: 'false',
    limits: '`true` or `false`',
    meaning:
      'adopt the Secrets that the original component left under the same names, and remove those that it left under the names of the other `secret-naming`; see [the migration](migrating-from-aliyun-acr-credential-helper.md)',
    origin: 'extension',
    example: 'true',
  },
  {
    name: 'repair-pods',
    kind: 'boolean',
    default: 'false',
    limits: '`true` or `false`',
    meaning:
      'evict once the pods that hang in ImagePullBackOff because they were admitted before their account had the reference, if a controller makes them anew; a few a minute at most. It needs rights on pods: `repairPods.enabled` in the Helm chart',
    origin: 'extension',
    example: 'true',
  },
  {
    name: 'admission-pods',
    kind: 'boolean',
    default: 'false',
    limits: '`true` or `false`',
    meaning: 'pods that bring their own `imagePullSecrets` get ours added; needs `webhook-configuration`',
    origin: 'extension',
    example: 'true',
  },
  {
    name: 'acr-api-version',
    kind: 'ignored',
    default: '',
    limits: '',
    meaning: 'older releases: the version of the API',
    origin: 'old',
    example: '2018-12-01',
  },
  {
    name: 'acr-registry',
    kind: 'ignored',
    default: '',
    limits: '',
    meaning: 'older releases: the registries, with wildcards; `acr-registry-info` took its place',
    origin: 'old',
    example: 'registry.*.aliyuncs.com',
  },
] as const satisfies readonly SettingSchema[];

export type KeyName = (typeof keys)[number]['name'];

/** Limits that bound what a value of 1 MiB can cost. */
export const maxEntries = 1000;
export const maxItems = 1000;
export const maxValueBytes = 1024 * 1024;
