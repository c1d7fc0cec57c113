import { demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { managedRoleTokenFile } from '../../deploy/simulators/alibaba-cloud/managed-role-token.ts';
import type { CloudWorld } from '../../deploy/simulators/alibaba-cloud/world.ts';
import { defineFaultCases, type FaultCase } from './alibaba-cloud-fault-cases.ts';
import {
  clusterRole,
  enterpriseSource,
  partnerSource,
  pullerKey,
  rrsa,
  type CloudFixture,
} from './alibaba-cloud-fixture.ts';

const assumeRole =
  'AssumeRole for role acs:ram::6543210987654321:role/acr-puller in cn-hangzhou (sts-vpc.cn-hangzhou.aliyuncs.com)';
const oidcExchange =
  'AssumeRoleWithOIDC for role acs:ram::1234567890123456:role/demo-rrsa in cn-hangzhou (sts-vpc.cn-hangzhou.aliyuncs.com)';

const withMetadata = (changes: Partial<CloudWorld['cluster']['metadata']>) => (world: CloudWorld) => ({
  ...world,
  cluster: { ...world.cluster, metadata: { ...world.cluster.metadata, ...changes } },
});
const withoutTrust = (world: CloudWorld) => ({
  ...world,
  roles: world.roles.map((role) => ({ ...role, trust: role.trust.filter(({ kind }) => kind === 'service') })),
});
const sessionFile = (fixture: CloudFixture) =>
  managedRoleTokenFile(fixture.cloud.openRoleSession(demoNames.managedRoleArn, 3600));

const cases: readonly FaultCase[] = [
  // Roles
  {
    name: 'a role that does not trust the cluster',
    source: partnerSource(clusterRole),
    world: withoutTrust,
    code: 'assume-role-denied',
    message: `${assumeRole}: HTTP 403 NoPermission: You are not authorized to do this action. You should be authorized by RAM. (RequestId …)`,
    hint: /trust/,
  },
  {
    name: 'a role that does not exist',
    source: partnerSource(clusterRole),
    world: (world) => ({ ...world, roles: world.roles.filter(({ arn }) => arn !== demoNames.partnerRoleArn) }),
    code: 'assume-role-denied',
    message: `${assumeRole}: HTTP 404 EntityNotExist.Role: The role not exists: acs:ram::6543210987654321:role/acr-puller. (RequestId …)`,
    hint: /no such role/,
  },
  {
    name: 'an expireDuration beyond the role’s maximum',
    source: partnerSource(clusterRole),
    world: (world) => ({ ...world, roles: world.roles.map((role) => ({ ...role, maxSessionSeconds: 1800 })) }),
    code: 'assume-role-denied',
    message: `${assumeRole}: HTTP 400 InvalidParameter.DurationSeconds: The Min/Max value of DurationSeconds is 900/1800. (RequestId …)`,
    hint: /expireDuration is longer/,
  },
  {
    name: 'an ARN that is none',
    source: partnerSource(clusterRole, {
      identity: { kind: 'assumed-role', roleArn: 'acs:ram::1:role/a&Action=B', sessionSeconds: 3600, base: pullerKey },
    }),
    code: 'setting-invalid',
    message: '"acs:ram::1:role/a&Action=B" is not the ARN of a RAM role',
  },
  // The worker role
  {
    name: 'no metadata service, as in tokenMode workerRole away from ECS',
    source: enterpriseSource({ identity: clusterRole }),
    options: { tokenMode: 'workerRole' },
    world: withMetadata({ mode: 'absent' }),
    code: 'worker-role-missing',
    message: 'ECS metadata service: the instance has no RAM role',
  },
  {
    name: 'no role of any kind',
    source: enterpriseSource({ identity: clusterRole }),
    world: withMetadata({ roleName: undefined }),
    code: 'worker-role-missing',
    message:
      'ECS metadata service: the instance has no RAM role (and there is no managed role token file FOLDER/token-config, no Secret alibaba-addon-secret)',
  },
  // The managed role
  {
    name: 'a managed role’s token file that is not there',
    source: enterpriseSource({ identity: clusterRole }),
    options: { tokenMode: 'managedRole' },
    code: 'token-file-invalid',
    message: 'there is no managed role token file FOLDER/token-config',
    hint: /tokenMode workerRole/,
  },
  {
    name: 'a truncated token file',
    source: enterpriseSource({ identity: clusterRole }),
    prepare: async (fixture) => await fixture.writeManagedRoleToken(sessionFile(fixture).slice(0, 400)),
    code: 'token-file-invalid',
    message: 'managed role token file FOLDER/token-config is not a complete JSON object',
  },
  {
    name: 'a token file under another key',
    source: enterpriseSource({ identity: clusterRole }),
    prepare: async (fixture) => {
      const file = JSON.parse(sessionFile(fixture)) as object;
      await fixture.writeManagedRoleToken(JSON.stringify({ ...file, keyring: '0123456789abcdef0123456789abcdef' }));
    },
    code: 'token-file-invalid',
    message:
      'managed role token file FOLDER/token-config holds access.key.id encrypted with another keyring than its own',
  },
  {
    name: 'an expired token file',
    source: enterpriseSource({ identity: clusterRole }),
    prepare: async (fixture) => {
      await fixture.writeManagedRole(900);
      fixture.cloud.clock.advance(901);
    },
    code: 'token-file-invalid',
    message: 'managed role token file FOLDER/token-config holds a session that expired at TIME (now NOW)',
  },
  {
    name: 'a token file in which ACK reports an error',
    source: enterpriseSource({ identity: clusterRole }),
    prepare: async (fixture) =>
      await fixture.writeManagedRoleToken(
        JSON.stringify({
          error: { roleName: 'AliyunCSManagedAcrRole', code: 'NotGranted', message: 'grant it first' },
        }),
      ),
    code: 'token-file-invalid',
    message:
      'managed role token file FOLDER/token-config holds an error of ACK: AliyunCSManagedAcrRole, NotGranted, grant it first',
  },
  // RRSA
  {
    name: 'an OIDC token file that is not there',
    source: enterpriseSource({ identity: rrsa }),
    code: 'token-file-invalid',
    message: 'there is no OIDC token file FOLDER/token',
    hint: /enable RRSA/,
  },
  {
    name: 'an empty OIDC token file',
    source: enterpriseSource({ identity: rrsa }),
    prepare: async ({ writeOidcText }) => await writeOidcText('\n'),
    code: 'token-file-invalid',
    message: 'OIDC token file FOLDER/token is empty',
  },
  {
    name: 'a truncated OIDC token',
    source: enterpriseSource({ identity: rrsa }),
    prepare: async ({ writeOidcText }) => await writeOidcText('eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ'),
    code: 'token-file-invalid',
    message: 'OIDC token file FOLDER/token does not hold a complete JSON Web Token (three parts)',
  },
  {
    name: 'an expired OIDC token',
    source: enterpriseSource({ identity: rrsa }),
    prepare: async ({ writeOidcToken }) => await writeOidcToken({ lifetimeSeconds: -10 }),
    code: 'oidc-exchange-denied',
    message: `${oidcExchange}: HTTP 400 AuthenticationFail.OIDCToken.Expired: This JWT has expired and cannot be consumed. (RequestId …)`,
    hint: /kubelet/,
  },
  {
    name: 'an OIDC token for another audience',
    source: enterpriseSource({ identity: rrsa }),
    prepare: async ({ writeOidcToken }) => await writeOidcToken({ audience: 'kubernetes' }),
    code: 'oidc-exchange-denied',
    message: `${oidcExchange}: HTTP 400 AuthenticationFail.OIDCToken.AudienceNotMatch: The audience in the OIDC token does not match the client ids of the provider. (RequestId …)`,
    hint: /audience/,
  },
  {
    name: 'an RRSA role that trusts another ServiceAccount',
    source: enterpriseSource({ identity: rrsa }),
    prepare: async ({ writeOidcToken }) => await writeOidcToken({ serviceAccount: 'default' }),
    code: 'oidc-exchange-denied',
    message: `${oidcExchange}: HTTP 403 AuthenticationFail.NoPermission: This operation is forbidden by permission system. (RequestId …)`,
    hint: /does not trust this ServiceAccount/,
  },
];

describe('Alibaba Cloud: what goes wrong with roles', () => {
  defineFaultCases(cases);
});
