import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { recordSpans } from '../../../tests/fixtures/recorded-spans.ts';
import { Failure } from '../../domain/failure.ts';

const elsewhere = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };

describe('a tracer that records', () => {
  it('makes a span a child of the one around, also after waiting', async () => {
    const { tracer, named } = recordSpans();
    await tracer.span({ name: 'outer', kind: 'internal' }, async () => {
      await nextTurn();
      await tracer.span({ name: 'inner', kind: 'client' }, () => nextTurn());
    });
    const [outer, inner] = [named('outer')[0]!, named('inner')[0]!];
    assert.equal(inner.spanContext().traceId, outer.spanContext().traceId);
    assert.equal(inner.parentSpanContext?.spanId, outer.spanContext().spanId);
    assert.equal(outer.parentSpanContext, undefined);
  });

  it('keeps spans apart that are open at the same time', async () => {
    const { tracer, named } = recordSpans();
    const work = (name: string): Promise<void> =>
      tracer.span({ name, kind: 'internal' }, async () => {
        await nextTurn();
        await tracer.span({ name: `inside ${name}`, kind: 'client' }, () => nextTurn());
      });
    await Promise.all([work('a'), work('b')]);
    for (const name of ['a', 'b'])
      assert.equal(named(`inside ${name}`)[0]!.parentSpanContext?.spanId, named(name)[0]!.spanContext().spanId);
  });

  it('makes no trace of a request alone', async () => {
    const { tracer, all } = recordSpans();
    assert.equal(await tracer.span({ name: 'list secrets', kind: 'client' }, async () => tracer.current()), undefined);
    assert.deepEqual(all(), []);
  });

  it('continues the trace that a message brought, wherever it is handled', async () => {
    const { tracer, named } = recordSpans();
    await tracer.span({ name: 'publisher', kind: 'producer' }, () =>
      tracer.span({ name: 'handler', kind: 'consumer', parent: elsewhere }, async () => undefined),
    );
    const handler = named('handler')[0]!;
    assert.equal(handler.spanContext().traceId, elsewhere.traceId);
    assert.equal(handler.parentSpanContext?.spanId, elsewhere.spanId);
    assert.equal(handler.kind, SpanKind.CONSUMER);
  });

  it('begins a trace of its own where it is told to, with a link', async () => {
    const { tracer, named } = recordSpans();
    await tracer.span({ name: 'outer', kind: 'internal' }, () =>
      tracer.span({ name: 'handler', kind: 'consumer', parent: 'none', link: elsewhere }, async () => undefined),
    );
    const handler = named('handler')[0]!;
    assert.equal(handler.parentSpanContext, undefined);
    assert.notEqual(handler.spanContext().traceId, named('outer')[0]!.spanContext().traceId);
    assert.deepEqual(
      handler.links.map(({ context }) => context.traceId),
      [elsewhere.traceId],
    );
  });

  it('records nothing in a trace that is not sampled, and passes on that it is not', async () => {
    const { tracer, all } = recordSpans();
    const parent = { ...elsewhere, sampled: false };
    const seen = await tracer.span({ name: 'handler', kind: 'consumer', parent }, () =>
      tracer.span({ name: 'send', kind: 'producer' }, async () => tracer.current()),
    );
    assert.deepEqual(seen, parent);
    assert.deepEqual(all(), []);
  });

  it('records a trace as a whole or not at all', async () => {
    const { tracer, all } = recordSpans(0.5);
    for (let count = 0; count < 200; count++) {
      await tracer.span({ name: 'a', kind: 'internal' }, () =>
        tracer.span({ name: 'b', kind: 'producer' }, () => tracer.span({ name: 'c', kind: 'client' }, async () => 0)),
      );
    }
    const traces = new Map<string, number>();
    for (const span of all()) {
      const { traceId } = span.spanContext();
      traces.set(traceId, (traces.get(traceId) ?? 0) + 1);
    }
    assert.ok(traces.size > 0 && traces.size < 200);
    for (const spans of traces.values()) assert.equal(spans, 3);
  });

  it('is no parent any more when it has ended: a timer that was set inside tells another story', async () => {
    const { tracer, named } = recordSpans();
    let later = Promise.resolve();
    await tracer.span({ name: 'first', kind: 'consumer' }, async () => {
      later = nextTurn()
        .then(nextTurn)
        .then(async () => {
          assert.equal(tracer.current(), undefined);
          await tracer.span({ name: 'tick', kind: 'producer' }, async () => undefined);
        });
    });
    await later;
    assert.equal(named('tick')[0]!.parentSpanContext, undefined);
    assert.notEqual(named('tick')[0]!.spanContext().traceId, named('first')[0]!.spanContext().traceId);
  });

  it('lets somebody else do bound work in its own name', async () => {
    const { tracer, named } = recordSpans();
    let stored = (): Promise<void> => Promise.resolve();
    let done = (): void => undefined;
    const first = tracer.span({ name: 'first', kind: 'internal' }, async () => {
      stored = tracer.bind(() => tracer.span({ name: 'work', kind: 'client' }, async () => undefined));
      await new Promise<void>((resolve) => {
        done = resolve;
      });
    });
    await tracer.span({ name: 'second', kind: 'internal' }, () => stored());
    done();
    await first;
    assert.equal(named('work')[0]!.parentSpanContext?.spanId, named('first')[0]!.spanContext().spanId);
  });

  it('says of a failure its code, and nothing of its text', async () => {
    const { tracer, named } = recordSpans();
    const error = new Failure('kubernetes-forbidden', 'canary');
    await assert.rejects(
      tracer.span({ name: 'work', kind: 'internal' }, () => Promise.reject(error)),
      error,
    );
    const { status, attributes, events } = named('work')[0]!;
    assert.deepEqual(status, { code: SpanStatusCode.ERROR, message: 'kubernetes-forbidden' });
    assert.deepEqual(attributes, { 'error.type': 'kubernetes-forbidden' });
    assert.deepEqual(events, []);
  });

  it('leaves out attributes that are not known', async () => {
    const { tracer, named } = recordSpans();
    await tracer.span({ name: 'work', kind: 'internal', attributes: { a: 1, b: undefined } }, async (span) => {
      span.set({ c: undefined, d: 'x' });
    });
    assert.deepEqual(named('work')[0]!.attributes, { a: 1, d: 'x' });
  });
});
