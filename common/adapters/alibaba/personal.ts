import type { RegistrySource } from '../../domain/credentials/credential-source.ts';
import { answerInvalid } from './cloud-answer.ts';
import type { CloudCall } from './cloud-call.ts';
import { readIssuedToken, type IssuedToken } from './issued-token.ts';
import type { RegionalClient } from './regional-client.ts';
import type { Session } from './session.ts';

/** Personal Edition, cr 2016-06-07 `GET /tokens`. `now`: the cloud's time. Throws `Failure`. */
export async function fetchPersonalToken(
  cloud: RegionalClient,
  { regionId }: Pick<RegistrySource, 'regionId'>,
  session: Session,
  now: () => number,
  signal: AbortSignal,
): Promise<IssuedToken> {
  const call: CloudCall = {
    product: 'cr',
    action: 'GetAuthorizationToken',
    version: '2016-06-07',
    method: 'GET',
    path: '/tokens',
    query: {},
    regionId,
    subject: 'Personal Edition',
    session,
  };
  const { data } = await cloud.call(call, signal);
  if (typeof data !== 'object' || data === null) throw answerInvalid(call, 'has no data');
  const answer = data as Readonly<Record<string, unknown>>;
  const fields = {
    username: { name: 'data.tempUserName', value: answer['tempUserName'] },
    password: { name: 'data.authorizationToken', value: answer['authorizationToken'] },
    expiresAt: { name: 'data.expireDate', value: answer['expireDate'] },
  };
  return readIssuedToken(call, fields, now());
}

/** The hosts of Personal Edition in a region, the same for every account, in the order that the original component uses. */
export function personalDomains(regionId: string): readonly string[] {
  return ['registry', 'registry-vpc', 'registry-internal', 'registry-intl', 'registry-intl-vpc'].map(
    (name) => `${name}.${regionId}.aliyuncs.com`,
  );
}
