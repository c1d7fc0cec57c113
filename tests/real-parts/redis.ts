import { Redis } from 'ioredis';

import { ensureRedis } from './ensure-redis.ts';
import { freeLoopbackPort } from './loopback-port.ts';
import { openScratch, type Scratch, type StartedProcess } from './scratch.ts';
import { waitUntil } from './wait-until.ts';

export type RedisOptions = {
  /** Default `noeviction`, which the queues require. */
  readonly maxmemoryPolicy?: 'noeviction' | 'allkeys-lru' | 'volatile-lru' | 'allkeys-random';
  readonly password?: string;
  readonly port?: number;
};

/** A running Redis server on a loopback port. */
export type RedisServer = {
  /** `redis://127.0.0.1:PORT`, with the password when there is one. */
  readonly url: string;
  readonly port: number;
  /** Ends it at once without a chance to say goodbye; `restart` brings it back with all that it had acknowledged. */
  readonly kill: () => Promise<void>;
  /** Ends it, unless `kill` has done so, and starts it again on the same port with the same data. */
  readonly restart: () => Promise<void>;
  /** Removes every key. */
  readonly flush: () => Promise<void>;
  /** Closes every client's connection; the server goes on. */
  readonly cutConnections: () => Promise<void>;
  /** Freezes the server: connections stay open, nothing is answered. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly stop: () => Promise<void>;
};

/**
 * Starts a real Redis server with an append-only file in a temporary folder.
 *
 * It ends with `stop`, or with this process, however that ends.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const program = await ensureRedis();
  const port = options.port ?? (await freeLoopbackPort());
  const credentials = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
  const url = `redis://${credentials}127.0.0.1:${port}`;
  const scratch = openScratch('redis');
  try {
    const start = (): Promise<StartedProcess> => startServer({ scratch, program, port, url, options });
    let server = await start();
    return {
      url,
      port,
      kill: () => server.end('SIGKILL'),
      restart: async () => {
        await server.end('SIGKILL');
        server = await start();
      },
      flush: () => withClient(url, async (client) => void (await client.flushall())),
      cutConnections: () => withClient(url, killClients),
      pause: () => server.signal('SIGSTOP'),
      resume: () => server.signal('SIGCONT'),
      stop: () => scratch.remove(),
    };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

type ServerPlan = {
  readonly scratch: Scratch;
  readonly program: string;
  readonly port: number;
  readonly url: string;
  readonly options: RedisOptions;
};

async function startServer({ scratch, program, port, url, options }: ServerPlan): Promise<StartedProcess> {
  // On standard input, because arguments can be read by every user of the machine.
  const server = scratch.start(program, ['-'], { input: configuration(scratch.folder, port, options) });
  await waitUntil(`Redis on port ${port}`, 30, async () => {
    if (server.hasEnded()) throw new Error(`redis-server ended while it was expected to start:\n${server.output()}`);
    return withClient(url, (client) => client.ping()).catch(() => undefined);
  });
  return server;
}

function configuration(folder: string, port: number, options: RedisOptions): string {
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir "${folder}"`,
    'save ""',
    // Written before a command is answered, so a killed process loses nothing; only a power cut could.
    'appendonly yes',
    'appendfsync everysec',
    `maxmemory-policy ${options.maxmemoryPolicy ?? 'noeviction'}`,
  ];
  if (options.password !== undefined) lines.push(`requirepass ${JSON.stringify(options.password)}`);
  return `${lines.join('\n')}\n`;
}

async function withClient<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

async function killClients(client: Redis): Promise<void> {
  await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub', 'SKIPME', 'yes');
}
