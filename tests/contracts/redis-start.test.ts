import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server } from 'node:net';

import { Failure } from '../../common/domain/failure.ts';
import { parseRedisUrl } from '../../common/domain/redis-url.ts';
import { openRedisBus } from '../../queues/redis-bus.ts';
import { startRedis } from '../real-parts/redis.ts';

describe('Redis bus at its start', function () {
  this.timeout(30_000);

  it('refuses a database that this Redis has not, instead of using another one', async () => {
    const redis = await startRedis();
    try {
      const failure = await refusal(`${redis.url}/99`);
      assert.equal(failure.code, 'setting-invalid');
      assert.match(failure.message, /database 99 of redis:.*out of range/);
    } finally {
      await redis.stop();
    }
  });

  it('says that the password is wrong where it is', async () => {
    const redis = await startRedis({ password: 'right' });
    try {
      const failure = await refusal(`redis://:wrong@127.0.0.1:${redis.port}`);
      assert.match(failure.message, /WRONGPASS/);
      assert.match(failure.hint, /user and password/);
    } finally {
      await redis.stop();
    }
  });

  it('does not repeat the password that a server echoes which knows no AUTH', async () => {
    const server = await startEcho();
    try {
      const failure = await refusal(`redis://:hush@127.0.0.1:${(server.address() as AddressInfo).port}`);
      assert.match(failure.message, /unknown command/);
      assert.doesNotMatch(`${failure.message} ${failure.hint}`, /hush/);
    } finally {
      server.close();
    }
  });
});

async function refusal(url: string): Promise<Failure> {
  const opening = openRedisBus({ target: parseRedisUrl(url), connectSeconds: 2 });
  const failure: unknown = await opening.then(
    async (bus) => bus.close(),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof Failure, 'the bus was opened');
  return failure;
}

/** Answers each command as a Redis does that does not know it. */
async function startEcho(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const command of text.split(/^\*\d+\r\n/m).slice(1)) {
        const [name = '', ...args] = command.split('\r\n').filter((_, index) => index % 2 === 1);
        const echo = args.map((arg) => `\`${arg}\`, `).join('');
        socket.write(`-ERR unknown command \`${name}\`, with args beginning with: ${echo}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}
