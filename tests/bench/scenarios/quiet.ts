import { setTimeout as sleep } from 'node:timers/promises';
import { countRequests } from '../../real-parts/request-totals.ts';
import { modes } from '../deployment.ts';
import type { Row, Scenario } from '../scenario.ts';
import { served } from '../served.ts';
import { countWrites } from '../stage.ts';

/** What the helper asks of the API server while nothing changes. */
export const quiet: Scenario = {
  name: 'quiet',
  does: 'requests while nothing changes',
  async run(stage) {
    const { quietSeconds } = stage.options;
    const rows: Row[] = [];
    for (const mode of modes) {
      await served(stage, mode, async (deployment) => {
        const cpuBefore = deployment.cpuSeconds();
        const requests = await stage.countDuring(() => sleep(quietSeconds * 1000));
        const cpu = ((deployment.cpuSeconds() - cpuBefore) / quietSeconds) * 100;
        const counts = [
          `${countWrites(requests)} writes`,
          `${countRequests(requests, { verb: 'LIST' })} lists`,
          `${countRequests(requests, { verb: 'GET' })} reads`,
          `${countRequests(requests, { verb: 'WATCH' })} watches renewed`,
          `${cpu.toFixed(1)} % CPU`,
        ];
        rows.push({ work: `quiet, ${quietSeconds} s`, mode, measured: counts.join(', '), goal: '0 writes, 0 lists' });
      });
    }
    return rows;
  },
};
