import { Failure, toFailure } from '../../domain/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import { createBoundedMap } from './bounded-map.ts';
import type { Session, SessionProvider } from './session.ts';

/** Sessions that several sources share. */
export type SessionCache = {
  /**
   * The session kept under `key`, or a new one from `open` when there is none or it is too short. Whoever asks meanwhile waits for
   * the same one. Throws what `open` throws; nothing is remembered of that.
   */
  obtain(key: string, open: SessionProvider, signal: AbortSignal): Promise<Session>;
  /** Drops a session that the cloud refused, unless it was replaced already. */
  forget(session: Session): void;
};

/**
 * An empty cache of at most 1,000 sessions. `now` is the cloud's time.
 *
 * A registry token never outlives the session that signs it, so a session is renewed before it is too short for a whole token: less
 * than an hour left, or less than nine tenths of its own life when that was shorter than an hour to begin with.
 *
 *   obtained ├──── good for everybody ────┤ too short │ expiresAt
 *                                         └ life - min(1 h, 0.9 · life)
 */
export function createSessionCache(now: Clock): SessionCache {
  const kept = createBoundedMap<KeptSession>(1000);
  const flights = new Map<string, Flight>();

  const startFlight = (key: string, open: SessionProvider): Flight => {
    const controller = new AbortController();
    const opened = open(controller.signal).then(
      (session) => {
        kept.set(key, { key, session, obtainedAt: now() });
        return session;
      },
      (thrown: unknown) => olderSession(kept.get(key), thrown, now()),
    );
    const flight: Flight = { session: opened, waiting: 0, controller };
    flights.set(key, flight);
    const end = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    void opened.then(end, end);
    return flight;
  };

  return {
    obtain: async (key, open, signal) => {
      if (signal.aborted) throw cancelled();
      const known = kept.get(key);
      if (known !== undefined && isLongEnough(known, now())) return known.session;
      const flight = flights.get(key) ?? startFlight(key, open);
      return await join(flight, signal, () => flights.delete(key));
    },
    forget: (session) => {
      for (const known of kept.values()) if (known.session === session) kept.delete(known.key);
    },
  };
}

type KeptSession = { readonly key: string; readonly session: Session; readonly obtainedAt: number };

type Flight = { readonly session: Promise<Session>; waiting: number; readonly controller: AbortController };

/** Life of a registry token, ms, unless its session ends before. Source: GetAuthorizationToken. */
const tokenMilliseconds = 3600 * 1000;
const sharedPart = 0.9;

function isLongEnough({ session, obtainedAt }: KeptSession, now: number): boolean {
  if (session.expiresAt === undefined) return true;
  const life = session.expiresAt - obtainedAt;
  return session.expiresAt - now >= Math.min(tokenMilliseconds, sharedPart * life) && session.expiresAt > now;
}

/**
 * While the service that gives out sessions is down, a session that still has a tenth of its life serves on: a short token is better
 * than none. A refusal counts at once.
 */
function olderSession(known: KeptSession | undefined, thrown: unknown, now: number): Session {
  const passes = ['retry', 'retry-after'].includes(toFailure(thrown).reaction.kind);
  const expiresAt = known?.session.expiresAt;
  if (known === undefined || expiresAt === undefined || !passes) throw thrown;
  if (expiresAt - now < (1 - sharedPart) * (expiresAt - known.obtainedAt)) throw thrown;
  return known.session;
}

/** Waits for a flight; the last one to give up ends it. */
async function join(flight: Flight, signal: AbortSignal, abandon: () => void): Promise<Session> {
  flight.waiting++;
  let giveUp: (() => void) | undefined;
  const abandoned = new Promise<never>((_, reject) => {
    giveUp = () => reject(cancelled());
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([flight.session, abandoned]);
  } finally {
    if (giveUp !== undefined) signal.removeEventListener('abort', giveUp);
    flight.waiting--;
    if (flight.waiting === 0 && signal.aborted) {
      abandon();
      flight.controller.abort();
    }
  }
}

function cancelled(): Failure {
  return new Failure('cloud-unreachable', 'cancelled while waiting for a session');
}
