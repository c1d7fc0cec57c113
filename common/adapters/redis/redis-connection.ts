import { Cluster, Redis, type RedisCommander } from 'ioredis';

import { Failure } from '../../domain/failure.ts';
import { describeRedisError, toRedisFailure } from '../../domain/redis-failure.ts';
import { getTogether } from './get-together.ts';
import { describeRedisTarget, type RedisTarget } from '../../domain/redis-url.ts';
import { redisClientOptions, type RedisClientOptions, type RedisTls } from './redis-options.ts';

/** A connection that mends itself, for commands that must answer soon or fail. */
export type RedisConnection = {
  /**
   * Runs commands that take one round trip together. Waits for the connection if there is none just now.
   *
   * Throws `redis-unreachable` after `commandMilliseconds` at the latest; `what` begins the message: "reading the credentials".
   */
  run<T>(what: string, commands: (redis: RedisCommander) => Promise<T>): Promise<T>;
  /** One string, `null` where there is none. All that are asked for at the same moment take one command. Throws like `run`. */
  get(what: string, key: string): Promise<string | null>;
  /** Nothing is left open afterwards; what still runs is rejected. */
  close(): Promise<void>;
};

export type RedisConnectionOptions = {
  /** Shown by `CLIENT LIST`. */
  readonly connectionName: string;
  readonly tls?: RedisTls | undefined;
  /** Default 2000. */
  readonly commandMilliseconds?: number | undefined;
  /** Told once when an outage begins and once when it ends. `problem` holds no secret. */
  readonly onConnection?: ((state: 'lost' | 'restored', problem: string) => void) | undefined;
};

/** Begins to connect at once and goes on trying, with back-off, until it is closed; never throws by itself. */
export function connectRedis(target: RedisTarget, options: RedisConnectionOptions): RedisConnection {
  const commandMilliseconds = options.commandMilliseconds ?? 2_000;
  const where = describeRedisTarget(target);
  const client = createClient(redisClientOptions(target, { commandMilliseconds }, options.connectionName, options.tls));
  const outage = watchOutages(client, where, options.onConnection);

  const run: RedisConnection['run'] = async (what, commands) => {
    const deadline = startDeadline(commandMilliseconds, () => outage.problem());
    try {
      return await Promise.race([
        deadline.passed,
        outage.over().then(() => {
          if (deadline.hasPassed()) throw new Error('too late');
          return commands(client);
        }),
      ]);
    } catch (error) {
      throw error instanceof Failure ? error : toRedisFailure(`${what} in ${where}`, error);
    } finally {
      deadline.stop();
    }
  };

  return {
    run,
    get: getTogether((what, names) => run(what, (redis) => redis.mget(names))),
    async close() {
      outage.stop();
      await disconnect(client);
    },
  };
}

type Client = Redis | Cluster;

function createClient(created: RedisClientOptions): Client {
  return created.kind === 'redis' ? new Redis(created.options) : new Cluster([...created.nodes], created.options);
}

async function disconnect(client: Client): Promise<void> {
  let resolveEnded: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    resolveEnded = resolve;
  });
  client.once('end', resolveEnded);
  client.disconnect();
  // Between two attempts there is nothing to end, and ioredis tells nobody. A Redis that hangs does not hold us up either.
  if (client.status === 'reconnecting' || client.status === 'end') return;
  const timer = setTimeout(resolveEnded, 500);
  await ended;
  clearTimeout(timer);
}

type Outages = {
  /** Resolves when there is a connection. */
  over(): Promise<void>;
  /** Why there is none. */
  problem(): string;
  /** Nothing is told any more, and nobody waits any more. */
  stop(): void;
};

function watchOutages(client: Client, where: string, onConnection: RedisConnectionOptions['onConnection']): Outages {
  let state: 'starting' | 'up' | 'down' | 'closed' = 'starting';
  let problem = 'no connection yet';
  /** Whoever waits is bounded by its own deadline; the list is emptied when the connection is back. */
  let waiting: (() => void)[] = [];
  const resume = (): void => {
    const resumed = waiting;
    waiting = [];
    for (const goOn of resumed) goOn();
  };

  const lose = (): void => {
    if (state === 'down' || state === 'closed') return;
    state = 'down';
    onConnection?.('lost', `${where}: ${problem}`);
  };

  // Without a listener, an 'error' event ends the process. Sentinels that cannot be reached are told by this event alone.
  client.on('error', (error: unknown) => {
    problem = describeRedisError(error);
    if (state === 'starting') lose();
  });
  client.on('close', () => {
    if (state === 'up') problem = 'the connection was closed';
    lose();
  });
  client.on('ready', () => {
    if (state === 'closed') return;
    if (state === 'down') onConnection?.('restored', where);
    state = 'up';
    resume();
  });

  return {
    async over() {
      if (state !== 'up' && state !== 'closed') await new Promise<void>((resolve) => void waiting.push(resolve));
      if (state === 'closed') throw new Error('this process has closed its connection');
    },
    problem: () => (state === 'up' ? 'no answer' : problem),
    stop() {
      state = 'closed';
      resume();
    },
  };
}

function startDeadline(
  milliseconds: number,
  problem: () => string,
): { readonly passed: Promise<never>; hasPassed(): boolean; stop(): void } {
  let hasPassed = false;
  const { promise, reject } = promiseWithReject();
  const timer = setTimeout(() => {
    hasPassed = true;
    reject(new Error(`gave up after ${String(milliseconds)} ms: ${problem()}`));
  }, milliseconds);
  return { passed: promise, hasPassed: () => hasPassed, stop: () => clearTimeout(timer) };
}

function promiseWithReject(): { readonly promise: Promise<never>; readonly reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_resolve, rejectIt) => {
    reject = rejectIt;
  });
  return { promise, reject };
}
