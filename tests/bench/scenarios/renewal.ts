import { countRequests } from '../../real-parts/request-totals.ts';
import { waitUntil } from '../../real-parts/wait-until.ts';
import { countRewritten } from '../change-counter.ts';
import { modes, type Deployment } from '../deployment.ts';
import { measureFloor, measureRotationFloor } from '../floor.ts';
import { resetPopulation } from '../population.ts';
import type { Row, Scenario } from '../scenario.ts';
import { served } from '../served.ts';
import { countWrites, type Stage } from '../stage.ts';
import { median } from '../statistics.ts';

/** From the moment the cloud has answered with a new token until it is in the last of 500 namespaces. */
export const renewal: Scenario = {
  name: 'renewal',
  does: 'one renewal in 500 namespaces, from the arrival of the token',
  async run(stage) {
    const { namespaces } = await stage.populate(500);
    const floor = await measureFloors(stage);
    const rows: Row[] = [];
    for (const mode of modes) {
      const { seconds, requests } = await served(stage, mode, (deployment) => renewOften(stage, deployment));
      rows.push(
        {
          work: 'one renewal, 500 namespaces, from the token’s arrival',
          mode,
          measured: `${seconds.toFixed(2)} s`,
          floor: `${floor.toFixed(2)} s`,
          ratio: (seconds / floor).toFixed(2),
          goal: '≤ 1.15 × floor',
        },
        { work: 'one renewal, requests', mode, measured: requests, goal: `${namespaces.length} writes, 0 reads` },
      );
    }
    return rows;
  },
};

async function measureFloors(stage: Stage): Promise<number> {
  const { client, controlPlane, options } = stage;
  const population = await stage.populate(500);
  await measureFloor(client, population);
  await measureRotationFloor(client, population);
  const counter = await countRewritten(controlPlane);
  const floors: number[] = [];
  for (let round = 1; round <= options.rounds; round++) floors.push(await measureRotationFloor(client, population));
  await counter.stop();
  await resetPopulation(client, population);
  return median(floors);
}

async function renewOften(stage: Stage, deployment: Deployment) {
  const seconds: number[] = [];
  let requests = '';
  for (let round = 1; round <= stage.options.rounds; round++) {
    const totals = await stage.countDuring(async () => void seconds.push(await renewOnce(stage, deployment)));
    const reads = countRequests(totals, { verb: 'GET', resource: 'secrets' });
    const writes = countWrites(totals) - 1;
    // One write is the touch of the key pair's Secret, and one read is that of the key pair.
    requests = `${writes} writes, ${Math.max(0, reads - 1)} reads`;
  }
  return { seconds: median(seconds), requests };
}

async function renewOnce(stage: Stage, deployment: Deployment): Promise<number> {
  const { namespaces } = await stage.populate(500);
  const counter = await countRewritten(stage.controlPlane);
  try {
    const arrivedAt = await renewedAt(stage);
    const { last } = await counter.until(namespaces.length, 120);
    return (last - arrivedAt) / 1000;
  } catch (error) {
    throw new Error(`${String(error)}\n${deployment.output()}`, { cause: error });
  } finally {
    await counter.stop();
  }
}

/** Has the token renewed; answers with the moment (`performance.now()`) at which the cloud gave the new one. */
export async function renewedAt(stage: Stage): Promise<number> {
  const calls = { action: 'GetAuthorizationToken', code: 'success' };
  const before = stage.cloud.calls.count(calls);
  await stage.renewNow();
  return waitUntil(
    'the token to be fetched again',
    60,
    async () => {
      const call = stage.cloud.calls.matching(calls)[before];
      return call === undefined ? undefined : call.at - performance.timeOrigin;
    },
    5,
  );
}
