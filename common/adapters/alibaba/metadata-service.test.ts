import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Failure } from '../../domain/failure.ts';
import { createMetadataService, type MetadataService, type MetadataServiceOptions } from './metadata-service.ts';
import { createRegionFinder } from './region-finder.ts';

type Answer = { readonly status: number; readonly text?: string } | 'reset' | 'hang';

describe('the ECS metadata service', () => {
  let server: Server;
  let service: MetadataService | undefined;
  let requests: string[] = [];
  let answer: (request: string, token: string | undefined) => Answer = () => ({ status: 404 });
  const world = { now: 0 };
  const never = new AbortController().signal;

  beforeEach(async () => {
    requests = [];
    world.now = 0;
    server = createServer((request, response) => {
      const name = `${request.method ?? ''} ${request.url ?? ''}`;
      const token = request.headers['x-aliyun-ecs-metadata-token'];
      requests.push(token === undefined ? name : `${name} with ${String(token)}`);
      const chosen = answer(name, token?.toString());
      if (chosen === 'hang') return;
      if (chosen === 'reset') request.socket.resetAndDestroy();
      else response.writeHead(chosen.status).end(chosen.text ?? '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    await service?.close();
    server.closeAllConnections();
    server.close();
  });

  const create = (options: Partial<MetadataServiceOptions> = {}) => {
    const endpoint = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    service = createMetadataService({ clock: () => world.now, endpoint, v1Disabled: false, ...options });
    return service;
  };
  const path = '/latest/meta-data/region-id';
  const put = 'PUT /latest/api/token';
  const isPut = (request: string) => request === put;

  it('is asked with a token, which serves for hours', async () => {
    answer = (request) => ({ status: 200, text: isPut(request) ? 'tok1\n' : 'cn-hangzhou\n' });
    const metadata = create();
    assert.equal(await metadata.read(path, never), 'cn-hangzhou');
    await metadata.read(path, never);
    world.now = 21_300_000;
    await metadata.read(path, never);

    assert.deepEqual(requests, [put, `GET ${path} with tok1`, `GET ${path} with tok1`, put, `GET ${path} with tok1`]);
  });

  for (const status of [403, 404, 405]) {
    it(`is asked without a token where there are none (HTTP ${status})`, async () => {
      answer = (request) => (isPut(request) ? { status } : { status: 200, text: 'cn-hangzhou' });
      assert.equal(await create().read(path, never), 'cn-hangzhou');

      assert.deepEqual(requests, [put, `GET ${path}`]);
    });
  }

  it('is never asked without a token when that is forbidden', async () => {
    answer = () => ({ status: 404 });
    const { host } = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

    await assert.rejects(create({ v1Disabled: true }).read(path, never), {
      code: 'metadata-unavailable',
      message: `ECS metadata service ${host}, PUT /latest/api/token: HTTP 404, and the plain mode (v1) is disabled here`,
    });
    assert.deepEqual(requests, [put]);
  });

  it('is asked for a new token when it forgot the old one', async () => {
    let tokens = 0;
    answer = (request, token) => {
      if (isPut(request)) return { status: 200, text: `tok${++tokens}` };
      return token === 'tok2' ? { status: 200, text: 'cn-hangzhou' } : { status: 401 };
    };

    assert.equal(await create().read(path, never), 'cn-hangzhou');
  });

  it('says with 404 that there is nothing', async () => {
    answer = (request) => (isPut(request) ? { status: 200, text: 'tok1' } : { status: 404 });

    assert.equal(await create().read(path, never), undefined);
  });

  for (const trouble of [{ status: 500 }, 'reset'] satisfies readonly Answer[]) {
    it(`is asked three times at ${JSON.stringify(trouble)}`, async () => {
      answer = (request) => (isPut(request) ? { status: 200, text: 'tok1' } : trouble);
      await assert.rejects(create().read(path, never), { code: 'metadata-unavailable' });

      assert.equal(requests.length, 4);
    });
  }

  it('that does not answer is given its time, and not asked again', async () => {
    answer = () => 'hang';
    await assert.rejects(create({ requestTimeoutSeconds: 0.05 }).read(path, never), /no answer within 0\.05 s$/);

    assert.equal(requests.length, 1);
  });

  it('that sends more than 64 KiB is not read on', async () => {
    answer = (request) => ({ status: 200, text: isPut(request) ? 'tok1' : 'x'.repeat(70_000) });

    await assert.rejects(create().read(path, never), /more than 64 KiB$/);
  });

  describe('and the cluster’s own region', () => {
    it('is what it says, asked once', async () => {
      answer = (request) => ({ status: 200, text: isPut(request) ? 'tok1' : 'cn-hangzhou' });
      const finder = createRegionFinder({ clock: () => world.now, metadata: create() });
      const found = await Promise.all([finder.findRegion(never), finder.findRegion(never)]);
      await finder.findRegion(never);

      assert.deepEqual(found, ['cn-hangzhou', 'cn-hangzhou']);
      assert.equal(requests.length, 2);
    });

    it('is not asked for when it is given', async () => {
      const finder = createRegionFinder({ clock: () => world.now, region: 'cn-beijing', metadata: create() });

      assert.equal(await finder.findRegion(never), 'cn-beijing');
      assert.deepEqual(requests, []);
    });

    it('is unknown for a minute after a failure', async () => {
      answer = () => ({ status: 404 });
      const finder = createRegionFinder({ clock: () => world.now, metadata: create() });
      await assert.rejects(finder.findRegion(never), {
        code: 'region-unknown',
        message: 'the cluster’s own region is unknown: the ECS metadata service knows no region-id',
      });
      answer = (request) => ({ status: 200, text: isPut(request) ? 'tok1' : 'cn-hangzhou' });
      await assert.rejects(finder.findRegion(never), Failure);
      world.now = 60_000;

      assert.equal(await finder.findRegion(never), 'cn-hangzhou');
    });

    it('is no other host’s name', async () => {
      answer = (request) => ({ status: 200, text: isPut(request) ? 'tok1' : 'evil.example/' });
      const finder = createRegionFinder({ clock: () => world.now, metadata: create() });

      await assert.rejects(finder.findRegion(never), { code: 'region-unknown' });
    });
  });
});
