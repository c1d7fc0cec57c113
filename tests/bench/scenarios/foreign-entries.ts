import { setTimeout as sleep } from 'node:timers/promises';
import { modes } from '../deployment.ts';
import { inParallel, secretName, type BareClient } from '../population.ts';
import type { Row, Scenario } from '../scenario.ts';
import { served } from '../served.ts';
import type { Stage } from '../stage.ts';

/**
 * Fifty writers make accounts and add entries of their own to them, each by a read and a PUT with the version that was read, while
 * the helper attaches its Secret to the same accounts. An entry is lost when it was acknowledged and is not there in the end.
 */
export const foreignEntries: Scenario = {
  name: 'foreign-entries',
  does: 'entries of others that are lost beside 50 writers',
  async run(stage) {
    const rows: Row[] = [];
    for (const mode of modes) {
      await served(stage, mode, async () => {
        const { written, lost, attached, accounts } = await writeForAWhile(stage);
        rows.push({
          work: `foreign entries lost beside 50 writers, ${stage.options.loadSeconds} s`,
          mode,
          measured: `${lost} of ${written}; ${attached} of ${accounts} accounts attached`,
          goal: '0',
        });
      });
    }
    return rows;
  },
};

async function writeForAWhile({ client, options }: Stage) {
  const entries = new Map<string, string[]>();
  const deadline = performance.now() + options.loadSeconds * 1000;
  const writers = Array.from({ length: 50 }, async (_writer, writer) => {
    const folder = `/api/v1/namespaces/bench-${String(writer).padStart(5, '0')}/serviceaccounts`;
    for (let round = 0; performance.now() < deadline; round++) {
      const path = `${folder}/foreign-${round}`;
      await client.send('POST', folder, JSON.stringify({ metadata: { name: `foreign-${round}` } }));
      const own: string[] = [];
      entries.set(path, own);
      for (const name of ['team-a', 'team-b', 'team-c']) {
        await addEntry(client, path, name);
        own.push(name);
      }
      // A writer pauses as a person or a pipeline does; without a pause they measure each other.
      await sleep(100);
    }
  });
  await Promise.all(writers);
  await sleep(3000);
  return examine(client, entries);
}

async function addEntry(client: BareClient, path: string, name: string): Promise<void> {
  for (;;) {
    const account = readAccount((await client.ask('GET', path)).text);
    account.imagePullSecrets = [...(account.imagePullSecrets ?? []), { name }];
    const { status, text } = await client.ask('PUT', path, JSON.stringify(account));
    if (status === 200) return;
    if (status !== 409) throw new Error(`PUT ${path}: ${status} ${text}`);
  }
}

async function examine(client: BareClient, entries: ReadonlyMap<string, readonly string[]>) {
  let lost = 0;
  let attached = 0;
  await inParallel([...entries], 32, async ([path, own]) => {
    const { imagePullSecrets = [] } = readAccount((await client.ask('GET', path)).text);
    const names = new Set(imagePullSecrets.map(({ name }) => name));
    lost += own.filter((name) => !names.has(name)).length;
    if (names.has(secretName)) attached++;
    await client.send('DELETE', path);
  });
  const written = [...entries.values()].flat().length;
  return { written, lost, attached, accounts: entries.size };
}

function readAccount(text: string): { imagePullSecrets?: { name: string }[] } {
  return JSON.parse(text) as { imagePullSecrets?: { name: string }[] };
}
