import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { isJsonObject, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { startKubernetesApiSimulator } from './start.ts';
import type { Simulator, SimulatorOptions } from './start.ts';
import { testCertificate } from './test-certificate.ts';

const secrets = '/api/v1/namespaces/default/secrets';

describe('startKubernetesApiSimulator', () => {
  const running: Simulator[] = [];
  const agents: Agent[] = [];

  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent.destroy();
    for (const simulator of running.splice(0)) await simulator.stop();
  });

  async function start(options?: SimulatorOptions): Promise<{ simulator: Simulator; client: Client }> {
    const simulator = await startKubernetesApiSimulator(options);
    const agent = new Agent({ connect: { ca: testCertificate.cert } });
    running.push(simulator);
    agents.push(agent);
    return { simulator, client: new Client(simulator.url, agent) };
  }

  it('fails the next requests that match a fault and no others', async () => {
    const { simulator, client } = await start();
    const effect = { type: 'status', code: 429, retryAfterSeconds: 3 } as const;
    simulator.control.fault({ match: { verb: 'LIST', resource: 'secrets' }, times: 2, effect });
    const answers = [
      await client.send('GET', secrets),
      await client.send('GET', '/api/v1/namespaces'),
      await client.send('GET', secrets),
    ];
    assert.deepEqual(
      answers.map(({ code }) => code),
      [429, 200, 429],
    );
    assert.equal(answers[0]?.headers['retry-after'], '3');
    assert.equal(answers[0]?.body['reason'], 'TooManyRequests');
    assert.equal((await client.send('GET', secrets)).code, 200);
  });

  it('leaves a request without an answer when a fault says hang', async () => {
    const { simulator, client } = await start();
    simulator.control.fault({ match: { verb: 'GET' }, times: 1, effect: { type: 'hang' } });
    const hanging = client.send('GET', '/api/v1/namespaces/default').catch(() => 'cut');
    assert.equal(await Promise.race([hanging, sleep(50, 'nothing')]), 'nothing');
  });

  it('cuts the connection when a fault says reset', async () => {
    const { simulator, client } = await start();
    simulator.control.fault({ match: {}, times: 1, effect: { type: 'reset' } });
    await assert.rejects(client.send('GET', '/api/v1/namespaces/default'));
  });

  it('answers nothing while it is paused and everything afterwards', async () => {
    const { simulator, client } = await start();
    simulator.control.pause();
    const waiting = client.send('POST', secrets, { metadata: { name: 'a' } });
    assert.equal(await Promise.race([waiting, sleep(50, 'nothing')]), 'nothing');
    assert.equal(simulator.control.read('', 'secrets', 'default', 'a'), undefined);
    simulator.control.resume();
    assert.equal((await waiting).code, 201);
  });

  it('ends a watch of a forgotten version with 410 Gone', async () => {
    const { simulator, client } = await start();
    for (const name of ['a', 'b']) await client.send('POST', secrets, { metadata: { name } });
    const from = simulator.control.version - 1;
    simulator.control.compact();
    const [event] = await client.watch(`${secrets}?watch=1&resourceVersion=${from}`).all();
    assert.equal(event?.['type'], 'ERROR');
    assert.ok(isJsonObject(event['object']));
    assert.deepEqual([event['object']['code'], event['object']['reason']], [410, 'Expired']);
  });

  it('forgets old versions by itself when more changes than its limit came', async () => {
    const { simulator, client } = await start({ historyLimit: 2 });
    const from = simulator.control.version;
    for (const name of ['a', 'b', 'c']) await client.send('POST', secrets, { metadata: { name } });
    const [event] = await client.watch(`${secrets}?watch=1&resourceVersion=${from}`).all();
    assert.equal(event?.['type'], 'ERROR');
  });

  it('refuses the next page of a forgotten version and gives a token to go on with', async () => {
    const { simulator, client } = await start();
    for (const name of ['a', 'b', 'c']) await client.send('POST', secrets, { metadata: { name } });
    const first = await client.send('GET', `${secrets}?limit=1`);
    await client.send('DELETE', `${secrets}/b`);
    simulator.control.compact();
    const refused = await client.send('GET', `${secrets}?limit=5&continue=${tokenOf(first.body)}`);
    assert.deepEqual([refused.code, refused.body['reason']], [410, 'Expired']);
    const rest = await client.send('GET', `${secrets}?limit=5&continue=${tokenOf(refused.body)}`);
    assert.deepEqual(namesOf(rest.body), ['c']);
  });

  it('breaks the running watches of one resource on demand', async () => {
    const { simulator, client } = await start();
    const broken = assert.rejects(client.watch(`${secrets}?watch=1`).all());
    await client.watch('/api/v1/namespaces?watch=1').next();
    while (simulator.control.watches < 2) await sleep(1);
    assert.equal(simulator.control.cutWatches('secrets'), 1);
    await broken;
    assert.equal(simulator.control.watches, 1);
  });

  it('sends bookmarks with the newest version while nothing changes', async () => {
    const { simulator, client } = await start({ bookmarkSeconds: 0.02 });
    await sleep(30);
    const watch = client.watch(
      `${secrets}?watch=1&allowWatchBookmarks=true&resourceVersion=${simulator.control.version}`,
    );
    const { type, object } = (await watch.next()) ?? {};
    assert.equal(type, 'BOOKMARK');
    const metadata = { resourceVersion: String(simulator.control.version) };
    assert.deepEqual(object, { kind: 'Secret', apiVersion: 'v1', metadata });
  });

  it('counts requests by verb, resource and code', async () => {
    const { simulator, client } = await start();
    await client.send('GET', secrets);
    await client.send('POST', secrets, { metadata: { name: 'a' } });
    await client.send('POST', secrets, { metadata: { name: 'a' } });
    const { requests } = simulator.control;
    assert.equal(requests.count(), 3);
    assert.equal(requests.count({ verb: 'POST', resource: 'secrets' }), 2);
    assert.equal(requests.count({ verb: 'POST', code: 409 }), 1);
    assert.deepEqual(
      requests.recent({ verb: 'LIST' }).map(({ namespace }) => namespace),
      ['default'],
    );
    requests.reset();
    assert.equal(requests.count(), 0);
  });

  it('accepts its tokens only, and lets anybody ask for its health', async () => {
    const { client } = await start({ tokens: ['right'] });
    const codes = await Promise.all([
      client.send('GET', secrets, undefined, 'right'),
      client.send('GET', secrets, undefined, 'wrong'),
      client.send('GET', secrets),
      client.send('GET', '/readyz'),
    ]);
    assert.deepEqual(
      codes.map(({ code }) => code),
      [200, 401, 403, 200],
    );
  });

  it('serves HTTPS when it is given a certificate', async () => {
    const { simulator, client } = await start({ tls: testCertificate });
    assert.match(simulator.url, /^https:/);
    assert.equal((await client.send('GET', '/readyz')).code, 200);
  });

  it('gives new namespaces a root certificate only when it is told to', async () => {
    for (const publishRootCa of [false, true]) {
      const { simulator, client } = await start({ publishRootCa, defaultAccountDelayMs: 0 });
      await client.send('POST', '/api/v1/namespaces', { metadata: { name: 'new' } });
      while (simulator.control.read('', 'serviceaccounts', 'new', 'default') === undefined) await sleep(1);
      const found = simulator.control.read('', 'configmaps', 'new', 'kube-root-ca.crt');
      assert.equal(found !== undefined, publishRootCa);
    }
  });

  it('answers a malformed path and a malformed percent sign without falling over', async () => {
    const { client } = await start();
    assert.equal((await client.send('GET', '/api/v1/namespaces/%E0%A4%A')).code, 400);
    assert.equal((await client.send('GET', '/api/v1/namespaces/default/secrets/a/b/c')).code, 404);
  });
});

interface Answer {
  readonly code: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

class Client {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, agent: Agent) {
    this.#url = url;
    this.#agent = agent;
  }

  async send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: Json, token?: string): Promise<Answer> {
    const headers = {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const sent = body === undefined ? null : JSON.stringify(body);
    const response = await request(`${this.#url}${path}`, { dispatcher: this.#agent, method, headers, body: sent });
    const text = await response.body.text();
    const parsed = text.startsWith('{') ? (JSON.parse(text) as JsonObject) : {};
    return { code: response.statusCode, body: parsed, headers: response.headers };
  }

  watch(path: string): { next: () => Promise<JsonObject | undefined>; all: () => Promise<readonly JsonObject[]> } {
    const events = this.#events(path);
    return {
      next: async () => {
        const { value, done } = await events.next();
        return done === true ? undefined : value;
      },
      all: async () => {
        const seen: JsonObject[] = [];
        for await (const event of events) seen.push(event);
        return seen;
      },
    };
  }

  async *#events(path: string): AsyncGenerator<JsonObject, undefined> {
    const { body } = await request(`${this.#url}${path}`, { dispatcher: this.#agent });
    let pending = '';
    for await (const chunk of body as AsyncIterable<Buffer>) {
      const lines = `${pending}${chunk.toString()}`.split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as JsonObject;
    }
    return undefined;
  }
}

function tokenOf(body: JsonObject): string {
  return textAt(body, ['metadata', 'continue']);
}

function namesOf(body: JsonObject): readonly (Json | undefined)[] {
  const items = body['items'];
  return Array.isArray(items)
    ? items.map((item) => (isJsonObject(item) && isJsonObject(item['metadata']) ? item['metadata']['name'] : undefined))
    : [];
}
