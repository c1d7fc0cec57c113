import assert from 'node:assert/strict';

import { createLogger } from '../common/runtime/logger.ts';
import { Metrics } from '../common/runtime/metrics.ts';
import { createReport } from './report.ts';

const context = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };

/** The line that is logged for a message that was handled in this trace. */
function lineIn(trace: typeof context | undefined): Readonly<Record<string, unknown>> {
  let text = '';
  const destination = { write: (line: string) => (text += line), isTTY: false } as unknown as NodeJS.WriteStream;
  const logger = createLogger({ level: 'debug', format: 'json', destination });
  const report = createReport(logger, new Metrics(), new Set(), { current: () => trace });
  report({ kind: 'message-handled', message: 'namespace.sync', queue: 'namespaces', seconds: 1 });
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

describe('what is reported while a message is handled', () => {
  it('leads to the trace, in the field "trace"', () => {
    assert.equal(lineIn(context)['trace'], context.traceId);
  });

  it('has no such field without a trace, or for one that is not recorded', () => {
    assert.equal('trace' in lineIn(undefined), false);
    assert.equal('trace' in lineIn({ ...context, sampled: false }), false);
  });

  it('gives an example of a metric the trace, in the format that has examples', async () => {
    const metrics = new Metrics();
    const logger = createLogger({ level: 'error', format: 'json', destination: process.stderr });
    createReport(logger, metrics, new Set(), { current: () => context })({
      kind: 'namespace-synced',
      namespace: 'shop',
      cause: 'account',
      writes: ['attach'],
      attached: ['web'],
      seconds: 0.1,
      sweepCorrections: 0,
      accountReadySeconds: [0.1],
    });
    assert.match(await metrics.text('openmetrics'), new RegExp(`namespace="shop",trace_id="${context.traceId}"`));
  });
});
