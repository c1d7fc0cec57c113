import assert from 'node:assert/strict';
import { join } from 'node:path';
import { metricTable } from '../../common/runtime/metric-table.ts';
import { Metrics } from '../../common/runtime/metrics.ts';
import { ensurePrometheus } from '../real-parts/ensure-prometheus.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { runCommand } from '../real-parts/run-command.ts';

const folder = join(repositoryRoot(), 'deploy', 'prometheus');

describe('promtool', function () {
  this.timeout(120_000);
  let promtool: string;
  before(async () => {
    ({ promtool } = await ensurePrometheus());
  });

  async function run(args: readonly string[], input = ''): Promise<void> {
    const { exitCode, stdout, stderr } = await runCommand(promtool, args, { input, cwd: folder });
    assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
  }

  it('accepts the rules', () => run(['check', 'rules', 'recording-rules.yaml', 'alert-rules.yaml']));

  it('finds that each alert fires when it should, and is silent otherwise', () =>
    run(['test', 'rules', 'rules-tests.yaml']));

  it('has nothing to object to any metric', async () => {
    const metrics = new Metrics();
    for (const [name, { kind, labels }] of Object.entries(metricTable)) {
      const values = Object.fromEntries(labels.map((label) => [label, 'a "b" \\ c'])) as never;
      if (kind === 'gauge') metrics.set(name as 'acr_helper_fights', values, 1);
      else if (kind === 'counter') metrics.count(name as 'acr_helper_fights_total', values);
      else metrics.observe(name as 'acr_helper_namespace_ready_seconds', 0.2);
    }
    await run(['check', 'metrics'], await metrics.text());
  });
});
