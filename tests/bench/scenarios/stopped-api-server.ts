import { setTimeout as sleep } from 'node:timers/promises';
import { countRewritten } from '../change-counter.ts';
import { modes } from '../deployment.ts';
import type { Row, Scenario } from '../scenario.ts';
import { served } from '../served.ts';
import { renewedAt } from './renewal.ts';

/** The API server is frozen when a part of a renewal is done; measured from its waking up until the rest is done too. */
export const stoppedApiServer: Scenario = {
  name: 'stopped-api-server',
  does: 'an API server that is frozen in the middle of a renewal',
  async run(stage) {
    const { controlPlane, options } = stage;
    const { namespaces } = await stage.populate(500);
    const rows: Row[] = [];
    for (const mode of modes) {
      await served(stage, mode, async (deployment) => {
        const counter = await countRewritten(controlPlane);
        await renewedAt(stage);
        await counter.until(20, 60);
        controlPlane.pause();
        await sleep(options.stopSeconds * 1000);
        const resumedAt = performance.now();
        controlPlane.resume();
        const { last } = await counter.until(namespaces.length, 120);
        await counter.stop();
        deployment.mustRun();
        rows.push({
          work: `API server stopped for ${options.stopSeconds} s in mid-renewal, time to done afterwards`,
          mode,
          measured: `${((last - resumedAt) / 1000).toFixed(2)} s`,
          goal: '≤ 1.5 s, no process ends',
        });
      });
    }
    return rows;
  },
};
