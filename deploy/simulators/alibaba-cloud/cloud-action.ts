import type { SimulatorClock } from './clock.ts';
import type { CloudRequest } from './cloud-request.ts';
import type { CallerIdentity } from './identity.ts';
import type { RoleSessions } from './sessions.ts';
import type { RegistryTokens } from './tokens.ts';
import type { WorldHolder } from './world.ts';

/** One authenticated call of an action, with all that an action may look at. */
export type CloudCall = {
  readonly request: CloudRequest;
  readonly identity: CallerIdentity;
  /** Region of the host that was asked. */
  readonly region: string;
  readonly world: WorldHolder;
  readonly clock: SimulatorClock;
  readonly sessions: RoleSessions;
  readonly tokens: RegistryTokens;
};

/** An action of an API. `run` answers with the body without `RequestId`, or throws `CloudError`. */
export type CloudAction = {
  /** Whether an unsigned call is refused with `MissingAccessKeyId`. */
  readonly signed: boolean;
  run(call: CloudCall): Record<string, unknown>;
};
