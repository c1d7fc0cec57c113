import { toFailure } from '../../domain/failure.ts';
import type { SessionCache } from './session-cache.ts';
import type { Session, SessionProvider } from './session.ts';

/**
 * Does something that a session signs. When the cloud no longer takes the session (revoked, ended early, keys withdrawn), it is
 * forgotten and the thing is done once more with a new one. Throws what `use` and `provide` throw.
 */
export async function withSession<T>(
  provide: SessionProvider,
  sessions: SessionCache,
  signal: AbortSignal,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await provide(signal);
  try {
    return await use(session);
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.code !== 'cloud-session-invalid') throw failure;
    sessions.forget(session);
    return await use(await provide(signal));
  }
}
