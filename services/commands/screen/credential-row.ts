import type { CredentialStatus } from '../../../common/domain/status/status.ts';
import { duration, moment } from './moments.ts';
import { count, type Mark, type Row } from './screen.ts';

/** One credential: until when it works, and what is wrong with it and what to do. `now`: ms since the epoch. */
export function credentialRow(status: CredentialStatus, now: number): Row {
  const { name, state, failure } = status;
  return {
    mark: marks[state],
    cells: [shortName(name), sentence(status, now)],
    ...(failure === undefined
      ? {}
      : {
          below: [
            ...(state === 'failing'
              ? [`the last ${count(failure.attempts, 'attempt')} failed: ${failure.message}`]
              : []),
            `→ ${failure.hint} (docs/failure-modes.md#${failure.code})`,
            `next try ${failure.nextAttemptAt > now ? moment(failure.nextAttemptAt, now) : 'now'}`,
          ],
        }),
  };
}

function sentence(
  { state, hosts, expiresAt, renewsAt, fetchedAt, identity, failure }: CredentialStatus,
  now: number,
): string {
  if (state === 'waiting') return 'no credential yet';
  if (state === 'missing')
    return `no credential${expiresAt === undefined ? '' : ` since ${moment(expiresAt, now)}`}${failure === undefined ? '' : `: ${failure.message}`}`;
  return [
    count(hosts.length, 'domain'),
    expiresAt === undefined ? 'never expires' : `expires ${moment(expiresAt, now)}`,
    ...(renewsAt === undefined
      ? []
      : [renewsAt > now ? `renews in ${duration((renewsAt - now) / 1000)}` : 'renews now']),
    ...(fetchedAt === undefined ? [] : [`fetched ${moment(fetchedAt, now)}`]),
    ...(identity === undefined ? [] : [`by ${identity}`]),
  ].join(', ');
}

const marks = { fresh: 'good', failing: 'warning', waiting: 'warning', missing: 'bad' } as const satisfies Record<
  CredentialStatus['state'],
  Mark
>;

/** `cri-0123456789abcdef` → `cri-0123…cdef`: the screen needs the room. */
function shortName(name: string): string {
  return /^cri-.{9,}$/.test(name) ? `${name.slice(0, 8)}…${name.slice(-4)}` : name;
}
