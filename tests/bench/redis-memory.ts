import { Redis } from 'ioredis';

/** What Redis holds, without the buffers of its clients. */
export async function redisMemoryMiB(url: string): Promise<number> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const text = await client.info('memory');
    const bytes =
      Number(/used_memory_dataset:(\d+)/.exec(text)?.[1]) + Number(/used_memory_overhead:(\d+)/.exec(text)?.[1]);
    const clients = Number(/mem_clients_normal:(\d+)/.exec(text)?.[1] ?? 0);
    return (bytes - clients) / 1024 / 1024;
  } finally {
    client.disconnect();
  }
}
