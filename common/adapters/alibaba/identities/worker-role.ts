import { Failure } from '../../../domain/failure.ts';
import { SecretText } from '../../../domain/secret-text.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { MetadataService } from '../metadata-service.ts';
import type { Session, SessionProvider } from '../session.ts';

export type WorkerRoleOptions = {
  readonly metadata: MetadataService;
  /** The cloud's time. */
  readonly now: Clock;
  /** ALIBABA_CLOUD_ECS_METADATA; asked for when absent. */
  readonly roleName?: string | undefined;
};

/**
 * The role of the ECS instance that we run on, by its metadata service. Two reads: the role's name, and its session. Throws
 * `Failure`: `metadata-unavailable`, `worker-role-missing`. Source: "Instance RAM roles" of the ECS documentation.
 */
export function provideWorkerRole(options: WorkerRoleOptions): SessionProvider {
  return async (signal) => {
    const roleName = options.roleName ?? (await findRoleName(options.metadata, signal));
    const text = await options.metadata.read(`${folder}${roleName}`, signal);
    if (text === undefined) throw missing(`the instance does not have the RAM role ${roleName}`);
    return readSession(roleName, text, options.now());
  };
}

const folder = '/latest/meta-data/ram/security-credentials/';

async function findRoleName(metadata: MetadataService, signal: AbortSignal): Promise<string> {
  const names = await metadata.read(folder, signal);
  const name = names?.split('\n')[0]?.trim() ?? '';
  if (name === '') throw missing('the instance has no RAM role');
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name))
    throw missing('the answer to the question for the RAM role is no role name');
  return name;
}

function readSession(roleName: string, text: string, now: number): Session {
  const answer = parseObject(text);
  if (answer === undefined) throw invalid(roleName, 'is no JSON object');
  const { Code: code } = answer;
  if (code !== 'Success') {
    const shown = typeof code === 'string' && /^[\w.]{1,60}$/.test(code) ? code : 'missing or unreadable';
    throw missing(`the session of RAM role ${roleName}: Code is ${shown} instead of Success`);
  }
  const field = (name: string): string => {
    const value = answer[name];
    if (typeof value === 'string' && value !== '') return value;
    throw invalid(roleName, `has no ${name}`);
  };
  const expiresAt = Date.parse(field('Expiration'));
  if (Number.isNaN(expiresAt)) throw invalid(roleName, 'has an unreadable Expiration');
  if (expiresAt <= now) {
    throw invalid(roleName, `expired at ${new Date(expiresAt).toISOString()} (now ${new Date(now).toISOString()})`);
  }
  return {
    accessKeyId: field('AccessKeyId'),
    accessKeySecret: new SecretText(field('AccessKeySecret')),
    securityToken: new SecretText(field('SecurityToken')),
    expiresAt,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function missing(problem: string): Failure {
  return new Failure('worker-role-missing', `ECS metadata service: ${problem}`);
}

function invalid(roleName: string, problem: string): Failure {
  return new Failure('metadata-unavailable', `ECS metadata service: the session of RAM role ${roleName} ${problem}`, {
    hint: 'the metadata service gives something else than a session: check ALIBABA_CLOUD_IMDS_ENDPOINT and proxies in between',
  });
}
