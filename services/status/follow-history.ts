import { setTimeout as sleep } from 'node:timers/promises';
import { renewalRule } from '../../common/domain/credentials/plan-renewals.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { credentialStatuses } from '../../common/domain/status/credential-status.ts';
import { sampleEveryMs } from '../../common/domain/status/history.ts';
import type { CredentialStatus } from '../../common/domain/status/status.ts';
import type { World } from '../world.ts';
import type { StatusHistory } from './status-history.ts';

type HistoryWorld = Pick<World, 'bus' | 'configurations' | 'credentials' | 'clock' | 'shutdown'>;

/** Looks at queues and credentials every ten seconds; not at namespaces, which are many. While Redis is away there is a gap. */
export function followHistory(history: StatusHistory, world: HistoryWorld): void {
  const { bus, shutdown } = world;
  const { signal } = shutdown;
  const running = (async () => {
    while (!signal.aborted) {
      try {
        history.see(await readCredentials(world));
        history.sample(await bus.depths());
      } catch {
        // Whoever uses the store for work says that it is away.
      }
      await sleep(sampleEveryMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  shutdown.add('history', () => running);
}

async function readCredentials({
  configurations,
  credentials,
  clock,
}: HistoryWorld): Promise<readonly CredentialStatus[]> {
  const inForce = await configurations.read();
  if (inForce === undefined) return [];
  const resolved = resolveRegistries(inForce);
  const records = await credentials.read([...resolved.sources.keys()]);
  return credentialStatuses({ resolved, records, rule: renewalRule(inForce), now: clock() });
}
