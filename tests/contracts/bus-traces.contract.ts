import assert from 'node:assert/strict';

import type { TraceContext } from '../../common/domain/tracing/trace-context.ts';
import { silentTracer } from '../../common/domain/tracing/tracer.ts';
import type { Bus } from '../../queues/bus.ts';
import { recordSpans, type RecordedSpans } from '../fixtures/recorded-spans.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import { createProbe } from './bus-probe.ts';
import { failure, sync, type BusFactory } from './bus-under-test.ts';

/** Traces go with messages, and change nothing about them. */
export function defineBusTracesContract(kind: string, open: BusFactory): void {
  describe(`${kind}: traces`, function () {
    this.timeout(30_000);
    let bus: Bus;
    let spans: RecordedSpans;

    beforeEach(async () => {
      spans = recordSpans();
      bus = await open({}, spans.tracer);
    });
    afterEach(() => bus.close());

    /** Publishes inside of a span of its own; answers where that stands. */
    const publishInTrace = (...namespaces: readonly string[]): Promise<TraceContext> =>
      spans.tracer.span({ name: 'test', kind: 'internal', parent: 'none' }, async () => {
        await bus.publish(
          'namespace.sync',
          namespaces.map((namespace) => sync(namespace)),
        );
        const context = spans.tracer.current();
        assert.ok(context !== undefined);
        return context;
      });

    const processed = (count: number): Promise<RecordedSpans['all'] extends () => infer S ? S : never> =>
      waitUntil(`${count} handled`, 20, async () => {
        const found = spans.named('process namespace.sync');
        return found.length >= count ? found : undefined;
      });

    it('a message arrives with the trace it was published in, below the span of its publish', async () => {
      let seen: TraceContext | undefined;
      await bus.consume('namespace.sync', {
        handle: async () => {
          seen = spans.tracer.current();
        },
      });
      const { traceId, spanId } = await publishInTrace('shop');
      const [process] = await processed(1);
      const send = spans.named('send namespace.sync')[0];
      assert.equal(seen?.traceId, traceId);
      assert.equal(send?.parentSpanContext?.spanId, spanId);
      assert.equal(process?.parentSpanContext?.spanId, send?.spanContext().spanId);
      assert.equal(process?.attributes['messaging.destination.name'], 'namespaces');
      assert.equal(process?.attributes['acr.message.key'], 'shop');
    });

    it('a message holds what the catalog says, and nothing of its trace', async () => {
      const probe = createProbe<'namespace.sync'>();
      await bus.consume('namespace.sync', { handle: probe.handle });
      await publishInTrace('shop');
      const delivery = await probe.next();
      assert.deepEqual(delivery.data, { namespace: 'shop', cause: 'sweep' });
      delivery.end();
    });

    it('a message that is tried again stays in its trace, and each try says which failure it ended with', async () => {
      const probe = createProbe<'namespace.sync'>();
      await bus.consume('namespace.sync', { handle: probe.handle });
      const { traceId } = await publishInTrace('shop');
      (await probe.next()).fail(failure({ kind: 'read-again' }));
      (await probe.next()).end();
      const tries = await processed(2);
      assert.deepEqual(
        tries.map((span) => [span.spanContext().traceId, span.attributes['acr.message.attempt'], span.status.message]),
        [
          [traceId, 1, 'kubernetes-conflict'],
          [traceId, 2, undefined],
        ],
      );
    });

    it('of two messages with one key that waits, the trace of the newest goes on', async () => {
      await publishInTrace('shop');
      const { traceId } = await publishInTrace('shop');
      await bus.consume('namespace.sync', { handle: async () => undefined });
      const [process] = await processed(1);
      assert.equal(process?.spanContext().traceId, traceId);
    });

    it('what is published while its key is handled is handled in its own trace', async () => {
      const probe = createProbe<'namespace.sync'>();
      await bus.consume('namespace.sync', { handle: probe.handle });
      const first = await publishInTrace('shop');
      const delivery = await probe.next();
      const second = await publishInTrace('shop');
      delivery.end();
      (await probe.next()).end();
      assert.deepEqual(
        (await processed(2)).map((span) => span.spanContext().traceId),
        [first.traceId, second.traceId],
      );
    });

    it('a message without a trace begins one, whoever is handled beside it', async () => {
      const probe = createProbe<'namespace.sync'>();
      await bus.consume('namespace.sync', { handle: probe.handle });
      const messages = Array.from({ length: 12 }, (_, index) => `shop-${index}`);
      const { traceId } = await publishInTrace(...messages);
      for (let count = 0; count < messages.length; count++) (await probe.next()).end();
      const own = (await processed(messages.length)).filter((span) => span.spanContext().traceId !== traceId);
      assert.equal(own.length, 2, 'all but the first ten of a publish');
      for (const span of own) assert.equal(span.parentSpanContext, undefined);
    });

    it('a bus that traces nothing hands over messages as ever', async () => {
      const silent = await open({}, silentTracer);
      try {
        const probe = createProbe<'namespace.sync'>();
        await silent.consume('namespace.sync', { handle: probe.handle });
        await silent.publish('namespace.sync', [sync('shop')]);
        const delivery = await probe.next();
        assert.deepEqual(delivery.data, { namespace: 'shop', cause: 'sweep' });
        delivery.end();
      } finally {
        await silent.close();
      }
    });
  });
}
