import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';

/** README of the chart: how to install it, and every value with the comment that it has in values.yaml. */
export function renderChartReadme(values: string): string {
  const { contents } = parseDocument(values);
  if (!isMap(contents)) throw new Error('values.yaml is no mapping');
  return `${introduction}\n## Values\n\n| value | default | meaning |\n| --- | --- | --- |\n${rows(contents, '', undefined).join('\n')}\n${autoscaling}`;
}

function rows(map: YAMLMap, prefix: string, firstComment: string | undefined): readonly string[] {
  return map.items.flatMap((pair, index) => {
    if (!isScalar(pair.key)) return [];
    const path = prefix + String(pair.key.value);
    // The comment before the first key of a mapping is kept at the mapping.
    const comment = commentOf(pair.key.commentBefore ?? (index === 0 ? firstComment : undefined));
    const { value } = pair;
    const hasOwnComments = isMap(value) && (value.commentBefore ?? '') + commentsIn(value) !== '';
    if (isMap(value) && hasOwnComments) {
      const head = comment === '' ? [] : [`| \`${path}\` | | ${comment} |`];
      return [...head, ...rows(value, `${path}.`, value.commentBefore ?? undefined)];
    }
    return [`| \`${path}\` | \`${JSON.stringify(isMap(value) ? value.toJSON() : valueOf(value))}\` | ${comment} |`];
  });
}

function commentsIn(map: YAMLMap): string {
  return map.items
    .map(({ key, value }) => (isScalar(key) ? (key.commentBefore ?? '') : '') + (isMap(value) ? commentsIn(value) : ''))
    .join('');
}

function commentOf(comment: string | undefined): string {
  return (comment ?? '')
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim()
    .replaceAll('|', '\\|');
}

function valueOf(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function')
    return value.toJSON() as unknown;
  return value;
}

const introduction = `# Helm chart of acr-credential-helper

<!-- Made by "npm run manifests" from values.yaml. -->

\`\`\`sh
helm install acr-credential-helper deploy/helm/acr-credential-helper --namespace kube-system --values my-values.yaml
\`\`\`

with \`my-values.yaml\`:

\`\`\`yaml
configuration:
  data:
    watch-namespace: all
    service-account: '*'
    acr-registry-info:
      - instanceId: cri-a1b2c3d4e5f6g7h8
        regionId: cn-hangzhou
\`\`\`

- Install it into \`kube-system\`: the configuration is read from the release's namespace, and RRSA trust policies name
  \`system:serviceaccount:kube-system:aliyun-acr-credential-helper\`.
- A ConfigMap \`acr-configuration\` that exists already is used with \`configuration.create=false\`, an account of the component
  that is replaced with \`serviceAccounts.fetcher.create=false\`.
- \`mode: distributed\` runs each role as a Deployment of its own over a Redis: \`redis.existingSecret.name\` (key \`url\`), or \`redis.bundled.enabled=true\`
  for a trial. The key that seals what is in Redis is made at the first installation and kept, also when the release is removed.
- Upgrades start a new pod before the old one goes. \`helm rollback\` and a second installation find the same key and the same Secrets.
- \`helm uninstall\` leaves what was written, unless \`cleanupOnUninstall=true\` was set before.
`;

const autoscaling = `
## Scaling on the age of the queue

\`writer.autoscaling.enabled=true\` needs an adapter that serves \`acr_helper_queue_oldest_item_age_seconds\` as an external metric. With KEDA instead, leave it
off and set \`writer.replicas\` aside:

\`\`\`yaml
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: acr-credential-helper-writer
  namespace: kube-system
spec:
  scaleTargetRef:
    name: acr-credential-helper-writer
  minReplicaCount: 2
  maxReplicaCount: 6
  triggers:
    - type: prometheus
      metadata:
        serverAddress: http://prometheus.monitoring.svc:9090
        query: max(acr_helper_queue_oldest_item_age_seconds{queue="namespaces"})
        threshold: '5'
\`\`\`
`;
