import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { openHandles } from './open-handles.ts';

describe('what keeps a process from ending', () => {
  it('names a server by its address, for as long as it listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const isNamed = (): boolean => openHandles().includes(`tcp on 127.0.0.1:${port}`);
    assert.ok(isNamed(), openHandles().join('; '));
    server.close();
    await once(server, 'close');
    assert.ok(!isNamed());
  });
});
