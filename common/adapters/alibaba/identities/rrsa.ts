import { Failure } from '../../../domain/failure.ts';
import type { Clock } from '../../../ports/clock.ts';
import { readBoundedFile } from '../bounded-file.ts';
import type { CloudCall } from '../cloud-call.ts';
import type { RegionalClient } from '../regional-client.ts';
import type { SessionProvider } from '../session.ts';
import { readStsSession } from '../sts-answer.ts';
import { checkArn } from './role-arn.ts';

export type RrsaOptions = {
  readonly cloud: RegionalClient;
  /** The cloud's time. */
  readonly now: Clock;
  /** `/var/run/secrets/ack.alibabacloud.com/rrsa-tokens/token`. */
  readonly tokenFile: string;
  readonly sessionName: string;
};

/**
 * RAM Roles for Service Accounts: the pod's OIDC token is exchanged for a session of the role, STS 2015-04-01 `AssumeRoleWithOIDC`,
 * unsigned. The token file is read before every exchange, because the kubelet rotates it; the token goes into the form body only,
 * never into a URL. Throws `Failure`: `token-file-invalid`, `oidc-exchange-denied`.
 */
export function provideRrsa(options: RrsaOptions, roleArn: string, oidcProviderArn: string): SessionProvider {
  return async (signal) => {
    const form = {
      RoleArn: checkArn(roleArn, 'role'),
      OIDCProviderArn: checkArn(oidcProviderArn, 'oidc-provider'),
      RoleSessionName: options.sessionName,
      DurationSeconds: String(sessionSeconds),
      OIDCToken: await readOidcToken(options.tokenFile),
    };
    const call: CloudCall = {
      product: 'sts',
      action: 'AssumeRoleWithOIDC',
      version: '2015-04-01',
      method: 'POST',
      path: '/',
      query: {},
      form,
      subject: `role ${roleArn}`,
    };
    return readStsSession(call, await options.cloud.call(call, signal), options.now());
  };
}

/** The default of the API, and what every role allows. */
const sessionSeconds = 3600;
/** The API takes 4 to 20,000 characters. */
const longestToken = 20_000;

async function readOidcToken(tokenFile: string): Promise<string> {
  const token = (await readBoundedFile(tokenFile, longestToken))?.trim();
  if (token === undefined) {
    throw new Failure('token-file-invalid', `there is no OIDC token file ${tokenFile}`, {
      hint: 'enable RRSA in the cluster and mount the projected ServiceAccount token (audience sts.aliyuncs.com) there',
    });
  }
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    const found = token === '' ? 'is empty' : 'does not hold a complete JSON Web Token (three parts)';
    throw new Failure('token-file-invalid', `OIDC token file ${tokenFile} ${found}`);
  }
  return token;
}
