/**
 * EVERY setting: its flag, the environment variable that it also reads, its default and its meaning.
 *
 * Every flag reads `ACR_HELPER_<FLAG>`; `environment` names a further variable that others already use.
 */
export const settingTable = {
  role: {
    flag: '--role <role...>',
    default: ['all'],
    meaning: 'part of the service that this process plays: all, watcher, fetcher, writer, webhook; repeatable',
  },
  redisUrl: {
    flag: '--redis-url <url>',
    environment: 'REDIS_URL',
    meaning: 'share the work with other processes through this Redis; without it one process does everything in memory',
  },
  kubeconfig: {
    flag: '--kubeconfig <file>',
    environment: 'KUBECONFIG',
    meaning: 'cluster to work on; without it the cluster that this process runs in',
  },
  configMap: {
    flag: '--config-map <namespace/name>',
    default: 'kube-system/acr-configuration',
    meaning: 'ConfigMap with the configuration; its namespace is the helper’s own',
  },
  region: {
    flag: '--region <region>',
    meaning: 'the cluster’s own region; without it the ECS metadata service is asked',
  },
  tokenMode: {
    flag: '--token-mode <mode>',
    default: 'auto',
    meaning: 'the cluster’s own identity: auto, managedRole (token file of ACK) or workerRole (ECS metadata)',
  },
  secretName: {
    flag: '--secret-name <name>',
    default: 'acr-credential-secret-aggregation',
    meaning: 'name of the Secret that is written into every selected namespace',
  },
  opsAddress: {
    flag: '--ops-address <host:port>',
    default: '0.0.0.0:9090',
    meaning: 'address of the status page, /metrics, /healthz and /readyz; port 0 takes a free one',
  },
  webhookAddress: {
    flag: '--webhook-address <host:port>',
    default: '0.0.0.0:9443',
    meaning: 'address where the webhook listens while webhook-configuration is enabled',
  },
  webhookService: {
    flag: '--webhook-service <name>',
    default: 'acr-credential-helper-webhook',
    meaning: 'Service, in the namespace of the ConfigMap, by which the API server reaches the webhook on port 443',
  },
  webhookUrl: {
    flag: '--webhook-url <url>',
    meaning:
      'https:// address by which the API server reaches a webhook outside of the cluster, instead of the Service',
  },
  webhookCertDir: {
    flag: '--webhook-cert-dir <folder>',
    meaning:
      'folder with tls.crt, tls.key and ca.crt of the webhook, read again when they change (cert-manager); without it they are made, kept in a Secret and changed in time',
  },
  kubeConcurrency: {
    flag: '--kube-concurrency <n>',
    default: 16,
    meaning: 'Kubernetes requests in flight; shrinks when the API server asks for it',
  },
  kubeQps: {
    flag: '--kube-qps <n>',
    meaning: 'cap on Kubernetes requests per second, shared by all processes on one Redis; off unless given',
  },
  sealKeyFile: {
    flag: '--seal-key-file <file>',
    meaning:
      'key with which credentials and configuration are sealed in Redis: 32 bytes in base64 or hex, one or two lines',
  },
  allowedHost: {
    flag: '--allowed-host <host...>',
    meaning:
      'host outside Alibaba Cloud that requests may be signed for (a private cloud) or tokens be written for (a registry); repeatable',
  },
  openapiEndpoint: {
    flag: '--openapi-endpoint <url>',
    meaning: 'send every OpenAPI and STS call to this address; the request keeps, and signs, its real host',
  },
  traceEndpoint: {
    flag: '--trace-endpoint <url>',
    environment: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    meaning: 'collector that takes traces by OTLP over HTTP, such as http://collector:4318; off without it',
  },
  traceRatio: {
    flag: '--trace-ratio <share>',
    default: 0.1,
    meaning: 'share of the traces that are recorded, 0 to 1; each is recorded as a whole or not at all',
  },
  logLevel: {
    flag: '--log-level <level>',
    default: 'info',
    meaning: 'least level that is logged: debug, info, warn or error',
  },
  logFormat: {
    flag: '--log-format <format>',
    default: 'auto',
    meaning: 'json, text, or auto: text on a terminal and JSON elsewhere',
  },
} as const satisfies Record<string, SettingRow>;

export type SettingName = keyof typeof settingTable;

type SettingRow = {
  readonly flag: string;
  readonly environment?: string;
  readonly default?: string | number | readonly string[];
  readonly meaning: string;
};
