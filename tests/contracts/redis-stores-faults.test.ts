import assert from 'node:assert/strict';

import { Redis } from 'ioredis';

import { Failure } from '../../common/domain/failure.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { accountSeen, namespaceSeen } from './observed-objects.ts';
import { newSealKey, openRedisStores, type RedisStores } from './redis-stores.ts';
import { exampleConfiguration, exampleOutcome } from './stored-examples.ts';

describe('stores in Redis, when something is wrong', function () {
  this.timeout(60_000);
  let server: RedisServer;
  let admin: Redis;
  let opened: RedisStores[];

  before(async () => {
    server = await startRedis();
  });
  after(() => server.stop());
  beforeEach(async () => {
    opened = [];
    admin = new Redis(server.url);
    admin.on('error', () => undefined);
    await admin.flushall();
  });
  afterEach(async () => {
    admin.disconnect();
    for (const { connection } of opened) await connection.close();
  });

  function open(keyFile: string, url = server.url): RedisStores {
    const stores = openRedisStores(url, keyFile, { commandMilliseconds: 400 });
    opened.push(stores);
    return stores;
  }

  describe('with what is kept', () => {
    it('reads absences after Redis was emptied, and throws nothing', async () => {
      const stores = open(newSealKey());
      await fill(stores);
      assert.equal((await stores.configurations.read())?.version, 'v1');
      assert.equal((await stores.credentials.read(['a'])).size, 1);
      await server.flush();
      assert.equal(await stores.configurations.read(), undefined);
      assert.equal((await stores.credentials.read(['a'])).size, 0);
      assert.deepEqual(await stores.observations.read('shop'), { name: 'shop', accounts: [], secrets: [] });
      assert.deepEqual(await stores.observations.namespaces(), []);
      assert.equal(await stores.observations.listed('everything'), undefined);
      assert.deepEqual(stores.reported, []);
    });

    it('reports what was sealed with an unknown key once, names the key, and reads it as absent', async () => {
      await fill(open(newSealKey()));
      const stranger = open(newSealKey());
      for (let i = 0; i < 3; i++) {
        assert.equal(await stranger.configurations.read(), undefined);
        assert.equal((await stranger.credentials.read(['b'])).size, 0);
      }
      const codes = stranger.reported.map((failure) => failure.code);
      assert.deepEqual(codes, ['sealed-value-unreadable', 'sealed-value-unreadable']);
      assert.match(stranger.reported[0]?.message ?? '', /\{acr\}:configuration .*key [0-9a-f]{8}/);
    });

    it('reads on while the key is changed, process by process', async () => {
      const [oldKey, newKey] = [newSealKey(), newSealKey()];
      await fill(open(oldKey));
      const renewed = open(`${newKey}\n${oldKey}`);
      assert.equal((await renewed.configurations.read())?.version, 'v1');
      await fill(renewed);
      assert.equal((await open(newKey).configurations.read())?.version, 'v1');
    });

    it('refuses a credential that was moved to another source', async () => {
      const stores = open(newSealKey());
      await stores.credentials.write(exampleOutcome('a'));
      await admin.hset('{acr}:credentials', 'b', (await admin.hget('{acr}:credentials', 'a')) ?? '');
      assert.deepEqual([...(await stores.credentials.read(['a', 'b'])).keys()], ['a']);
      assert.match(stores.reported[0]?.message ?? '', /moved from another place/);
    });

    it('leaves out an observation that nobody can read, reports it, and takes the next one', async () => {
      const stores = open(newSealKey());
      await fill(stores);
      await admin.hset('{acr}:observed:shop', 'account:web', 'nonsense', 'account:default', '7 x [1,2]');
      const { accounts, namespace } = await stores.observations.read('shop');
      assert.deepEqual([accounts.length, namespace?.name, stores.reported.length], [0, 'shop', 2]);
      const anew = accountSeen('shop', 'web', { resourceVersion: '3' });
      assert.deepEqual(await stores.observations.observe([anew]), ['shop']);
      assert.equal((await stores.observations.read('shop')).accounts[0]?.name, 'web');
    });

    it('holds no secret in any key or value, and no key outside its prefix', async () => {
      const stores = open(newSealKey());
      const canary = 'canary-4e1f';
      await stores.configurations.write(exampleConfiguration('v1', canary));
      await stores.credentials.write(exampleOutcome('a', canary));
      await stores.observations.observe([accountSeen('shop', 'web', { resourceVersion: '3' })]);
      const dump = await dumpEverything(admin);
      assert.ok(dump.length >= 4);
      for (const [key, value] of dump) {
        assert.match(key, /^\{acr\}:/);
        assert.ok(!`${key} ${value}`.includes(canary), `the secret stands in ${key}`);
        assert.ok(!value.includes(Buffer.from(canary).toString('base64').slice(0, 12)), `the secret stands in ${key}`);
      }
    });

    it('works for an ACL user who may touch nothing but the prefix', async () => {
      await admin.call('ACL', 'SETUSER', 'acr', 'on', '>p@ss/word', 'resetkeys', '~{acr}:*', '+@all');
      const stores = open(newSealKey(), server.url.replace('redis://', 'redis://acr:p%40ss%2Fword@'));
      await fill(stores);
      assert.equal((await stores.configurations.read())?.version, 'v1');
      assert.deepEqual(await stores.observations.prune('account', new Set(), '999'), ['shop']);
    });
  });

  describe('with the connection', () => {
    it('rejects soon while Redis hangs, and goes on when it answers again', async () => {
      const stores = open(newSealKey());
      await fill(stores);
      server.pause();
      try {
        await assert.rejects(stores.configurations.read(), unreachable(/reading the configuration in redis:\/\/127/));
      } finally {
        server.resume();
      }
      const version = await eventually(async () => (await stores.configurations.read())?.version);
      assert.equal(version, 'v1');
    });

    it('does not lose the answer of a call that failed although Redis carried it out', async () => {
      const stores = open(newSealKey());
      await fill(stores);
      const change = accountSeen('bank', 'default', { resourceVersion: '50' });
      server.pause();
      try {
        await assert.rejects(stores.observations.observe([change]), unreachable(/./));
      } finally {
        server.resume();
      }
      await eventually(async () => (await stores.observations.read('bank')).accounts[0]?.name).catch(() => undefined);
      assert.deepEqual(await stores.observations.observe([change]), ['bank']);
      assert.deepEqual(await stores.observations.observe([change]), []);
    });

    it('mends a connection that was cut, without a word from the caller', async () => {
      const stores = open(newSealKey());
      await fill(stores);
      await server.cutConnections();
      assert.equal(await eventually(async () => (await stores.configurations.read())?.version), 'v1');
    });

    it('tells an outage once and its end once, and goes on after a restart', async () => {
      const stores = open(newSealKey());
      await fill(stores);
      await server.kill();
      await assert.rejects(stores.observations.read('shop'), unreachable(/of namespace shop in redis:/));
      await assert.rejects(stores.observations.read('shop'), unreachable(/ECONNREFUSED|closed/));
      await server.restart();
      await eventually(() => stores.observations.namespaces());
      assert.deepEqual(stores.connectionStates, ['lost', 'restored']);
      // The restarted server has forgotten the script.
      await stores.observations.observe([accountSeen('shop', 'later', { resourceVersion: '60' })]);
      assert.ok((await stores.observations.read('shop')).accounts.some(({ name }) => name === 'later'));
    });

    it('rejects at once after it was closed', async () => {
      const stores = open(newSealKey());
      await stores.connection.close();
      await assert.rejects(stores.configurations.read(), unreachable(/this process has closed/));
    });

    for (const url of ['redis://127.0.0.1:1', 'redis-sentinel://127.0.0.1:1/m', 'redis-cluster://127.0.0.1:1']) {
      it(`does not end the process when there is nothing from the start at ${url}`, async () => {
        const stores = open(newSealKey(), url);
        await assert.rejects(stores.configurations.read(), unreachable(/gave up after 400 ms/));
        assert.deepEqual(stores.connectionStates, ['lost']);
      });
    }

    it('says that the password is wrong, without saying it', async () => {
      const stores = open(newSealKey(), server.url.replace('redis://', 'redis://somebody:canary-77@'));
      await assert.rejects(stores.configurations.read(), (error) => {
        assert.ok(error instanceof Failure);
        assert.match(error.message, /WRONGPASS/);
        assert.match(error.hint, /user and password/);
        assert.ok(!JSON.stringify([error.message, error.stack, error.cause]).includes('canary-77'));
        return true;
      });
    });
  });
});

async function fill(stores: RedisStores): Promise<void> {
  await stores.configurations.write(exampleConfiguration('v1'));
  await stores.credentials.write(exampleOutcome('a'));
  await stores.credentials.write(exampleOutcome('b'));
  await stores.credentials.markRequested(['a'], 5_000);
  await stores.observations.observe([
    namespaceSeen('shop', { resourceVersion: '1' }),
    accountSeen('shop', 'default', { resourceVersion: '2' }),
  ]);
  await stores.observations.markListed('everything', 0);
}

function unreachable(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, 'redis-unreachable');
    assert.match(error.message, message);
    return true;
  };
}

/** What `ask` answers once Redis can be reached again. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  return waitUntil('an answer from Redis', 15, async () => ask().catch(() => undefined));
}

/** Every key with its value as text; strings, hashes and sets are all that the stores use. */
async function dumpEverything(redis: Redis): Promise<readonly (readonly [string, string])[]> {
  const all: (readonly [string, string])[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor);
    for (const key of keys) {
      const type = await redis.type(key);
      if (type === 'hash') all.push([key, JSON.stringify(await redis.hgetall(key))]);
      else if (type === 'set') all.push([key, JSON.stringify(await redis.smembers(key))]);
      else all.push([key, (await redis.get(key)) ?? '']);
    }
    cursor = next;
  } while (cursor !== '0');
  return all;
}
