import { waitUntil } from '../../real-parts/wait-until.ts';
import { inParallel, resetPopulation, secretName, type BareClient } from '../population.ts';
import type { Row, Scenario } from '../scenario.ts';
import { registries } from '../stage.ts';
import { percentile } from '../statistics.ts';

/** Creations as fast as 32 connections make them, without the helper and with its admission policy in force. */
export const bornAttached: Scenario = {
  name: 'born-attached',
  does: 'accounts that are born with the reference, by the admission policy',
  async run(stage) {
    await stage.populate(500);
    await createMany(stage.client, 'warm');
    const without = await createMany(stage.client, 'plain');
    await stage.configure({
      'acr-registry-info': registries.renewable,
      'webhook-configuration': 'enable: true\n',
    });
    const deployment = await stage.deploy('standalone');
    try {
      await untilBornAttached(stage.client);
      const withPolicy = await createMany(stage.client, 'born');
      const share = (withPolicy.attached / withPolicy.created) * 100;
      return [
        {
          work: 'accounts born attached, creations a second',
          mode: 'policy',
          measured: withPolicy.perSecond.toFixed(0),
          floor: without.perSecond.toFixed(0),
          ratio: (withPolicy.perSecond / without.perSecond).toFixed(2),
          goal: '≥ 0.7 × the rate without',
        },
        {
          work: 'accounts born attached, p99 of a creation',
          mode: 'policy',
          measured: `${percentile(withPolicy.latencies, 99).toFixed(1)} ms`,
          floor: `${percentile(without.latencies, 99).toFixed(1)} ms`,
          ratio: (percentile(withPolicy.latencies, 99) / percentile(without.latencies, 99)).toFixed(2),
          goal: '≤ 1.3 × that without, at 500/s',
        },
        {
          work: 'accounts born attached, in their first version',
          mode: 'policy',
          measured: `${share.toFixed(1)} % of ${withPolicy.created}`,
          goal: '100 %',
        },
      ] satisfies readonly Row[];
    } catch (error) {
      throw new Error(`${String(error)}\n${deployment.output()}`, { cause: error });
    } finally {
      await stage.configure();
      const isGone = async (): Promise<true | undefined> => ((await isBornAttached(stage.client)) ? undefined : true);
      await waitUntil('the policy to be gone', 60, isGone);
      await deployment.stop();
      await resetPopulation(stage.client, await stage.populate(500));
    }
  },
};

const creationsEach = 3000;

export async function createMany(client: BareClient, prefix: string) {
  const paths = Array.from({ length: creationsEach }, (_item, index) => ({
    folder: `/api/v1/namespaces/bench-${String(index % 500).padStart(5, '0')}/serviceaccounts`,
    name: `${prefix}-${index}`,
  }));
  const latencies: number[] = [];
  let attached = 0;
  const startedAt = performance.now();
  await inParallel(paths, 32, async ({ folder, name }) => {
    const sentAt = performance.now();
    const { status, text } = await client.ask('POST', folder, JSON.stringify({ metadata: { name } }));
    if (status !== 201) throw new Error(`POST ${folder}: ${status} ${text}`);
    latencies.push(performance.now() - sentAt);
    if (text.includes(secretName)) attached++;
  });
  const perSecond = creationsEach / ((performance.now() - startedAt) / 1000);
  await inParallel(paths, 32, async ({ folder, name }) => void (await client.send('DELETE', `${folder}/${name}`)));
  return { perSecond, latencies, attached, created: creationsEach };
}

/** The first evaluations after a change of a policy take their time. */
export async function untilBornAttached(client: BareClient): Promise<void> {
  let inARow = 0;
  await waitUntil('accounts to be born with the reference', 60, async () => {
    inARow = (await isBornAttached(client)) ? inARow + 1 : 0;
    return inARow >= 20 ? true : undefined;
  });
}

async function isBornAttached(client: BareClient): Promise<boolean> {
  const folder = '/api/v1/namespaces/bench-00000/serviceaccounts';
  const { text } = await client.ask('POST', folder, '{"metadata":{"name":"born-probe"}}');
  await client.send('DELETE', `${folder}/born-probe`);
  return text.includes(secretName);
}
