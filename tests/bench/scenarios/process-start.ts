import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { modes } from '../deployment.ts';
import type { Row, Scenario } from '../scenario.ts';
import { served } from '../served.ts';
import { median } from '../statistics.ts';

/** From the start of the process until `/readyz` says yes, in a cluster that was served before; and what is shipped. */
export const processStart: Scenario = {
  name: 'process',
  does: 'the time until the process is ready, and the size of what is shipped',
  async run(stage) {
    const rows: Row[] = [];
    for (const mode of modes) {
      const seconds = await served(stage, mode, async (running) => {
        await running.stop();
        const runs: number[] = [];
        for (let round = 1; round <= stage.options.rounds; round++) {
          const deployment = await stage.deploy(mode);
          await deployment.untilReady();
          runs.push((performance.now() - deployment.startedAt) / 1000);
          await deployment.stop();
        }
        return median(runs);
      });
      rows.push({ work: 'restart, ready', mode, measured: `${seconds.toFixed(2)} s`, goal: '≤ 1 s on an idle core' });
    }
    const bytes = sizeOf(dirname(stage.options.program));
    const megabytes = (bytes / 1_000_000).toFixed(1);
    return [...rows, { work: 'production files', mode: '', measured: `${megabytes} MB`, goal: '≤ 30 MB' }];
  },
};

/** The bundle needs nothing beside it. Its source maps are not needed either. */
function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile() && !file.name.endsWith('.map'))
    .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}
