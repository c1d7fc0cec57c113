import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { ControlPlane } from '../real-parts/control-plane.ts';

/** The namespaces and accounts that a run is measured on. */
export type Population = { readonly namespaces: readonly string[]; readonly accountsPerNamespace: number };

export const secretName = 'acr-credential-secret-aggregation';

/** A bare client that keeps its connections: what the floor is measured with. */
export class BareClient {
  readonly #pool: Pool;
  readonly #identity: Readonly<Record<string, string>>;

  /** The embedded API server has neither an authority nor a token. */
  constructor({ url, ca, adminToken }: Pick<ControlPlane, 'url'> & Partial<ControlPlane>, connections: number) {
    this.#pool = new Pool(url, { connections, pipelining: 1, ...(ca === undefined ? {} : { connect: { ca } }) });
    this.#identity = adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` };
  }

  /** Resolves with the status; throws for one that is not expected here. */
  async send(...given: Parameters<BareClient['ask']>): Promise<number> {
    const { status, text } = await this.ask(...given);
    const [method, path] = given;
    if (status >= 400 && status !== 404 && status !== 409) throw new Error(`${method} ${path}: ${status} ${text}`);
    return status;
  }

  /** Resolves with any status and the text of the answer. */
  async ask(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: string,
    contentType = 'application/json',
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { statusCode, body: answer } = await this.#pool.request({
      method,
      path,
      body: body ?? null,
      headers: { ...this.#identity, accept: 'application/json', 'content-type': contentType },
    });
    return { status: statusCode, text: await answer.text() };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Makes the namespaces that are missing, and their accounts; the account `default` comes from the controller manager. */
export async function extendPopulation(
  client: BareClient,
  { namespaces, accountsPerNamespace }: Population,
  count: number,
): Promise<Population> {
  const missing = Array.from({ length: count }, (_item, index) => `bench-${String(index).padStart(5, '0')}`).slice(
    namespaces.length,
  );
  await inParallel(missing, 32, async (name) => {
    await client.send('POST', '/api/v1/namespaces', JSON.stringify({ metadata: { name } }));
    for (const account of accountNames(accountsPerNamespace).slice(1)) {
      await client.send(
        'POST',
        `/api/v1/namespaces/${name}/serviceaccounts`,
        JSON.stringify({ metadata: { name: account } }),
      );
    }
  });
  await inParallel(missing, 32, async (name) => {
    while ((await client.send('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`)) === 404) await sleep(20);
  });
  return { namespaces: [...namespaces, ...missing], accountsPerNamespace };
}

/** Takes back what a run wrote, so that the next one starts from the same cluster. */
export async function resetPopulation(
  client: BareClient,
  { namespaces, accountsPerNamespace }: Population,
): Promise<void> {
  await inParallel(namespaces, 32, async (name) => {
    await client.send('DELETE', `/api/v1/namespaces/${name}/secrets/${secretName}`);
    for (const account of accountNames(accountsPerNamespace)) {
      const path = `/api/v1/namespaces/${name}/serviceaccounts/${account}`;
      await client.send('PATCH', path, '{"imagePullSecrets":null}', 'application/merge-patch+json');
    }
  });
}

/** `default`, and what the population adds. */
export function accountNames(accountsPerNamespace: number): readonly string[] {
  return Array.from({ length: accountsPerNamespace }, (_item, index) => (index === 0 ? 'default' : `account-${index}`));
}

/** Runs the work for every item, so many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
