import { countAttached } from './change-counter.ts';
import type { Deployment, Mode } from './deployment.ts';
import { resetPopulation } from './population.ts';
import { registries, type Stage } from './stage.ts';

/** Runs the work beside a helper that has served 500 namespaces and come to rest; afterwards nothing of it is left. */
export async function served<T>(stage: Stage, mode: Mode, work: (deployment: Deployment) => Promise<T>): Promise<T> {
  const population = await stage.populate(500);
  await stage.configure({ 'acr-registry-info': registries.renewable });
  const counter = await countAttached(stage.controlPlane);
  const deployment = await stage.deploy(mode);
  try {
    await counter.until(population.namespaces.length * population.accountsPerNamespace, 120);
    await deployment.untilReady();
    await untilQuiet(stage);
    return await work(deployment);
  } catch (error) {
    throw new Error(`${String(error)}\n${deployment.output()}`, { cause: error });
  } finally {
    await deployment.stop();
    await counter.stop();
    await resetPopulation(stage.client, population);
  }
}

/** Also the configuration is kept in the cluster by then, which is the last thing that a start does. */
async function untilQuiet(stage: Stage): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    const requests = await stage.countDuring(async () => {
      await new Promise((resolve) => {
        setTimeout(resolve, 2000);
      });
    });
    quiet = requests.every(({ verb }) => verb === 'WATCH') ? quiet + 1 : 0;
  }
}
