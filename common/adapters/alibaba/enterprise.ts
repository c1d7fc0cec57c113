import type { RegistrySource } from '../../domain/credentials/credential-source.ts';
import { Failure } from '../../domain/failure.ts';
import { answerInvalid } from './cloud-answer.ts';
import { describeCall, type CloudCall } from './cloud-call.ts';
import { isRegistryHost } from './hosts.ts';
import { readIssuedToken, type IssuedToken } from './issued-token.ts';
import type { RegionalClient } from './regional-client.ts';
import type { Session } from './session.ts';

type Instance = Pick<RegistrySource, 'instanceId' | 'regionId'>;

/** Enterprise and Economy Edition, cr 2018-12-01 `GetAuthorizationToken`. `now`: the cloud's time. Throws `Failure`. */
export async function fetchEnterpriseToken(
  cloud: RegionalClient,
  instance: Instance,
  session: Session,
  now: () => number,
  signal: AbortSignal,
): Promise<IssuedToken> {
  const call = instanceCall('GetAuthorizationToken', instance, session, {});
  const answer = await cloud.call(call, signal);
  const fields = {
    username: { name: 'TempUsername', value: answer['TempUsername'] },
    password: { name: 'AuthorizationToken', value: answer['AuthorizationToken'] },
    expiresAt: { name: 'ExpireTime', value: answer['ExpireTime'] },
  };
  return readIssuedToken(call, fields, now());
}

/**
 * Every domain at which the instance serves images, internet and VPC, system and custom, in the API's order; endpoints that are
 * switched off or not running are left out. cr 2018-12-01 `ListInstanceEndpoint`. Throws `Failure`.
 */
export async function listInstanceDomains(
  cloud: RegionalClient,
  instance: Instance,
  session: Session,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const call = instanceCall('ListInstanceEndpoint', instance, session, { ModuleName: 'Registry' });
  const { Endpoints: endpoints } = await cloud.call(call, signal);
  if (!Array.isArray(endpoints)) throw answerInvalid(call, 'has no Endpoints');
  const domains = endpoints.filter(isServing).flatMap(domainsOf).filter(isRegistryHost);
  if (domains.length === 0) {
    throw new Failure(
      'instance-unavailable',
      `${describeCall(call)}: the instance has no endpoint that is enabled and running`,
      {
        hint: 'enable the VPC or internet endpoint of the instance in the ACR console, or list domains in the entry',
      },
    );
  }
  return [...new Set(domains.map((domain) => domain.toLowerCase()))].slice(0, mostDomains);
}

const mostDomains = 200;

function instanceCall(
  action: string,
  instance: Instance,
  session: Session,
  query: Readonly<Record<string, string>>,
): CloudCall {
  return {
    product: 'cr',
    action,
    version: '2018-12-01',
    method: 'POST',
    path: '/',
    query: { InstanceId: instance.instanceId, ...query },
    regionId: instance.regionId,
    subject: instance.instanceId,
    session,
  };
}

function isServing(endpoint: unknown): boolean {
  return isObject(endpoint) && endpoint['Enable'] === true && endpoint['Status'] === 'RUNNING';
}

function domainsOf(endpoint: unknown): readonly string[] {
  const domains = isObject(endpoint) ? endpoint['Domains'] : undefined;
  if (!Array.isArray(domains)) return [];
  return domains.flatMap((entry: unknown) => {
    const domain = isObject(entry) ? entry['Domain'] : undefined;
    return typeof domain === 'string' ? [domain] : [];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
