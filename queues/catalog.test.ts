import assert from 'node:assert/strict';

import { catalog, definitionOf, type MessageName } from './catalog.ts';

/** Messages as some version of the program has put them into Redis. Add to them when a shape changes; take none away. */
const everPublished: Record<
  MessageName,
  readonly { readonly data: unknown; readonly queue: string; readonly key: string }[]
> = {
  'namespace.sync': [
    { data: { namespace: 'shop', cause: 'namespace' }, queue: 'namespaces', key: 'shop' },
    { data: { namespace: 'shop', cause: 'account' }, queue: 'namespaces', key: 'shop' },
    { data: { namespace: 'shop', cause: 'secret' }, queue: 'namespaces', key: 'shop' },
    { data: { namespace: 'shop', cause: 'fan-out' }, queue: 'namespaces', key: 'shop' },
    { data: { namespace: 'shop', cause: 'sweep' }, queue: 'namespaces', key: 'shop' },
  ],
  'namespace.sync-all': [
    { data: { cause: 'configuration' }, queue: 'fan-out', key: 'all' },
    { data: { cause: 'credential' }, queue: 'fan-out', key: 'all' },
    { data: { cause: 'observed' }, queue: 'fan-out', key: 'all' },
    { data: { cause: 'sweep' }, queue: 'fan-out', key: 'all' },
  ],
  'namespace.sweep': [{ data: { part: 3 }, queue: 'sweep', key: 'sweep' }],
  'pod.repair': [{ data: { namespace: 'shop', pod: 'web-1' }, queue: 'repairs', key: 'shop/web-1' }],
  'credential.renew-due': [
    { data: { cause: 'configuration' }, queue: 'renewals', key: 'renewer' },
    { data: { cause: 'tick' }, queue: 'renewals', key: 'renewer' },
    { data: { cause: 'observed' }, queue: 'renewals', key: 'renewer' },
    { data: { cause: 'secret' }, queue: 'renewals', key: 'renewer' },
  ],
  'credential.restore': [
    { data: { cause: 'configuration' }, queue: 'restore', key: 'restore' },
    { data: { cause: 'observed' }, queue: 'restore', key: 'restore' },
  ],
  'admission.register': [
    { data: { cause: 'configuration' }, queue: 'registration', key: 'admission' },
    { data: { cause: 'fan-out' }, queue: 'registration', key: 'admission' },
    { data: { cause: 'watch' }, queue: 'registration', key: 'admission' },
  ],
  'credential.refresh': [{ data: { secretName: 'acr-key' }, queue: 'refresh', key: 'acr-key' }],
  'credential.fetch': [
    { data: { pool: 'cn-hangzhou.cri-1', sourceId: 'f00d' }, queue: 'fetch.cn-hangzhou.cri-1', key: 'f00d' },
  ],
};

describe('the catalog of messages', () => {
  for (const name of Object.keys(catalog) as MessageName[]) {
    const definition = definitionOf(name);

    it(`${name}: reads every shape that was ever published, for the same queue and key`, () => {
      const examples = everPublished[name];
      assert.ok(examples.length > 0);
      for (const { data, queue, key } of examples) {
        const parsed = definition.shape.parse(data);
        assert.deepEqual({ queue: definition.queue(parsed), key: definition.key(parsed) }, { queue, key });
      }
    });

    it(`${name}: has a queue name that BullMQ takes, and bounds that make sense`, () => {
      for (const { queue } of everPublished[name]) assert.doesNotMatch(queue, /:/);
      const { firstSeconds, maxSeconds } = definition.retry;
      assert.ok(firstSeconds > 0 && firstSeconds <= maxSeconds && maxSeconds <= 300);
      assert.ok(definition.concurrency >= 1);
    });

    it(`${name}: holds nothing but names, so that none can be a credential`, () => {
      for (const { data } of everPublished[name]) {
        const surplus = { ...(data as object), password: 'hush' };
        assert.deepEqual(definition.shape.parse(surplus), data);
      }
    });
  }

  it('refuses names that are empty or longer than Kubernetes allows', () => {
    const { shape } = catalog['namespace.sync'];
    for (const namespace of ['', 'a'.repeat(64)])
      assert.equal(shape.safeParse({ namespace, cause: 'sweep' }).success, false);
  });
});
