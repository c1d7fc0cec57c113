import type { Scenario } from './scenario.ts';
import { bornAttached } from './scenarios/born-attached.ts';
import { bornByWebhook } from './scenarios/born-by-webhook.ts';
import { firstStart } from './scenarios/first-start.ts';
import { foreignEntries } from './scenarios/foreign-entries.ts';
import { newAccounts } from './scenarios/new-accounts.ts';
import { observed } from './scenarios/observed.ts';
import { processStart } from './scenarios/process-start.ts';
import { quiet } from './scenarios/quiet.ts';
import { renewal } from './scenarios/renewal.ts';
import { stoppedApiServer } from './scenarios/stopped-api-server.ts';
import { tenThousand } from './scenarios/ten-thousand.ts';

/** EVERY scenario, in the order in which they run: namespaces are only ever added to the cluster. */
export const scenarios: readonly Scenario[] = [
  firstStart(500, { ratio: '≤ 1.5 × floor', cpu: '≤ 1.5 s standalone', memory: '≤ 100 MiB' }),
  renewal,
  newAccounts,
  bornAttached,
  bornByWebhook,
  foreignEntries,
  stoppedApiServer,
  quiet,
  processStart,
  firstStart(2000, { ratio: '≤ 1.2 × floor', memory: '≤ 120 MiB' }),
  tenThousand,
  observed,
];

/** Throws for a name that there is not. Without names: all. */
export function pickScenarios(names: readonly string[]): readonly Scenario[] {
  for (const name of names) {
    if (!scenarios.some((scenario) => scenario.name === name)) {
      const known = scenarios.map((scenario) => scenario.name).join(', ');
      throw new Error(`"${name}" is no scenario: name some of ${known}; or pools`);
    }
  }
  return names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name));
}
