import type { SettingSchema } from '../schema.ts';

/** Fields of one entry of `acr-registry-info`. */
export const entryFields = [
  {
    name: 'instanceId',
    kind: 'instance',
    default: '`""`: Personal Edition',
    limits: '`cri-` and lower-case letters, digits, `-`',
    meaning: 'the Enterprise or Economy Edition instance',
    origin: 'original',
    example: 'cri-a1b2c3d4e5f6g7h8',
  },
  {
    name: 'regionId',
    kind: 'region',
    default: 'the cluster’s own region',
    limits: 'such as `cn-hangzhou`, `us-west-1`',
    meaning: 'region of the registry',
    origin: 'original',
    example: 'cn-hangzhou',
    alsoCalled: ['region'],
  },
  {
    name: 'domains',
    kind: 'domains',
    default: 'every domain of the instance',
    limits: '`host` or `host:port`; at most 1,000',
    meaning: 'registry hosts, as a comma list',
    origin: 'original',
    example: 'team-registry-vpc.cn-hangzhou.cr.aliyuncs.com,registry.example.com:5000',
    alsoCalled: ['domain'],
  },
  {
    name: 'assumeRoleARN',
    kind: 'role-arn',
    default: '',
    limits: '`acs:ram::<account>:role/<name>`',
    meaning: 'role of the account that owns the registry, taken on by the cluster’s own identity',
    origin: 'original',
    example: 'acs:ram::1234567890123456:role/acr-puller',
    alsoCalled: ['roleARN', 'role'],
  },
  {
    name: 'expireDuration',
    kind: 'seconds',
    default: '3600',
    limits: '3600–43200, and no more than the role’s maximum session',
    meaning: 'seconds that a session of `assumeRoleARN` lasts',
    origin: 'original',
    example: '3600',
  },
  {
    name: 'rrsaRoleARN',
    kind: 'role-arn',
    default: '`ALIBABA_CLOUD_ROLE_ARN`',
    limits: '`acs:ram::<account>:role/<name>`',
    meaning: 'role of the cluster’s own account, used when `rrsa` is enabled',
    origin: 'original',
    example: 'acs:ram::1234567890123456:role/acr-helper',
    alsoCalled: ['roleARN', 'role'],
  },
  {
    name: 'rrsaOIDCProviderRoleARN',
    kind: 'provider-arn',
    default: '`ALIBABA_CLOUD_OIDC_PROVIDER_ARN`',
    limits: '`acs:ram::<account>:oidc-provider/<name>`',
    meaning: 'OIDC provider of the cluster, used when `rrsa` is enabled',
    origin: 'original',
    example: 'acs:ram::1234567890123456:oidc-provider/ack-rrsa-c0123456789',
    alsoCalled: ['rrsaOIDCProviderARN'],
  },
  {
    name: 'customAccessKey',
    kind: 'access-key',
    default: '',
    limits: '',
    meaning: 'AccessKey id of a RAM user, in plain text: works, and is warned about',
    origin: 'original',
    example: 'LTAI5tExampleExample',
    alsoCalled: ['accessKey', 'accessKeyId', 'customAccessKeyId'],
  },
  {
    name: 'customAccessKeySecret',
    kind: 'access-key',
    default: '',
    limits: '',
    meaning: 'AccessKey secret of that user, in plain text',
    origin: 'original',
    example: 'ExampleSecretExampleSecretExam',
    alsoCalled: ['accessKeySecret', 'customAccessSecret'],
  },
  {
    name: 'accessKeySecretRef',
    kind: 'secret-name',
    default: '',
    limits: 'name of a Secret',
    meaning:
      'a Secret in the helper’s namespace with `access-key-id` and `access-key-secret`, followed when it changes',
    origin: 'extension',
    example: 'acr-user',
  },
  {
    name: 'namespaces',
    kind: 'names',
    default: 'every watched namespace',
    limits: 'as `watch-namespace`',
    meaning: 'only these namespaces get this registry',
    origin: 'extension',
    example: 'team-a-*,!team-a-test',
    alsoCalled: ['namespace', 'watch-namespace'],
  },
  {
    name: 'pullSecretRef',
    kind: 'secret-name',
    default: '',
    limits: 'name of a Secret',
    meaning:
      'makes the entry a mirror of another registry’s docker config, from a Secret of type `kubernetes.io/dockerconfigjson` in the helper’s namespace; takes only `namespaces` besides',
    origin: 'extension',
    example: 'docker-hub',
    alsoCalled: ['imagePullSecret'],
  },
] as const satisfies readonly SettingSchema[];

/** Fields of `rrsa`. */
export const rrsaFields = [
  {
    name: 'enable',
    kind: 'boolean',
    default: 'false',
    limits: '`true` or `false`',
    meaning: 'sign in with the OIDC token of the helper’s ServiceAccount instead of the cluster’s role',
    origin: 'original',
    example: 'true',
    alsoCalled: ['enabled'],
  },
] as const satisfies readonly SettingSchema[];

/** Fields of `webhook-configuration`. */
export const webhookFields = [
  {
    name: 'enable',
    kind: 'boolean',
    default: 'false',
    limits: '`true` or `false`',
    meaning: 'new ServiceAccounts are born with the reference',
    origin: 'original',
    example: 'true',
    alsoCalled: ['enabled'],
  },
  {
    name: 'failure-policy',
    kind: 'choice',
    default: 'Ignore',
    limits: '`Ignore` or `Fail`',
    meaning: 'what the API server does with a new ServiceAccount when the helper does not answer',
    origin: 'original',
    example: 'Ignore',
  },
  {
    name: 'timeout-seconds',
    kind: 'seconds',
    default: '10',
    limits: '1–30',
    meaning: 'how long the API server waits for the answer',
    origin: 'original',
    example: '10',
  },
] as const satisfies readonly SettingSchema[];

export type EntryFieldName = (typeof entryFields)[number]['name'];
export type RrsaFieldName = (typeof rrsaFields)[number]['name'];
export type WebhookFieldName = (typeof webhookFields)[number]['name'];
