import type { BareClient, Population } from './population.ts';
import { accountNames, inParallel, secretName } from './population.ts';

/**
 * The floor of a first start: the same writes, sent as fast as the API server takes them, by a client that thinks nothing. Secrets by
 * server-side apply, references by JSON patch. Answers with seconds.
 */
export async function measureFloor(client: BareClient, population: Population): Promise<number> {
  const { namespaces, accountsPerNamespace } = population;
  const startedAt = performance.now();
  await inParallel(namespaces, 32, async (name) => {
    const path = `/api/v1/namespaces/${name}/secrets/${secretName}?fieldManager=floor&force=true`;
    await client.send('PATCH', path, secretBody, 'application/apply-patch+yaml');
  });
  const accounts = namespaces.flatMap((namespace) =>
    accountNames(accountsPerNamespace).map((name) => `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`),
  );
  await inParallel(accounts, 32, async (path) => {
    await client.send('PATCH', path, attachBody, 'application/json-patch+json');
  });
  return (performance.now() - startedAt) / 1000;
}

const attachBody = JSON.stringify([{ op: 'add', path: '/imagePullSecrets', value: [{ name: secretName }] }]);

/** The floor of a renewal: each Secret that is there is rewritten by a merge patch. Answers with seconds. */
export async function measureRotationFloor(client: BareClient, { namespaces }: Population): Promise<number> {
  const { data } = JSON.parse(secretBody) as { data: unknown };
  const startedAt = performance.now();
  const body = JSON.stringify({ metadata: { annotations: { 'floor/round': String(startedAt) } }, data });
  await inParallel(namespaces, 32, async (name) => {
    const path = `/api/v1/namespaces/${name}/secrets/${secretName}?fieldManager=floor`;
    await client.send('PATCH', path, body, 'application/merge-patch+json');
  });
  return (performance.now() - startedAt) / 1000;
}

/** As long as ours: two registries, six domains. */
const secretBody = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: secretName,
    labels: { 'app.kubernetes.io/managed-by': 'floor' },
    annotations: { 'floor/expires-at': '2026-01-02T03:04:05Z', 'floor/sources': 'x'.repeat(400) },
  },
  type: 'kubernetes.io/dockerconfigjson',
  data: {
    '.dockerconfigjson': Buffer.from(
      JSON.stringify({
        auths: Object.fromEntries(
          Array.from({ length: 6 }, (_item, index) => [
            `host-${index}.cn-hangzhou.cr.aliyuncs.com`,
            { username: 'cr_temp_user', password: 'p'.repeat(300), auth: 'a'.repeat(420) },
          ]),
        ),
      }),
    ).toString('base64'),
  },
});
