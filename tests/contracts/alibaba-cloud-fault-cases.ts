import assert from 'node:assert/strict';

import type { CredentialIssuerOptions } from '../../common/adapters/alibaba/credential-issuer.ts';
import type { RegistrySource } from '../../common/domain/credentials/credential-source.ts';
import type { FailureCode } from '../../common/domain/failure-catalog.ts';
import type { FaultEffect } from '../../deploy/simulators/alibaba-cloud/faults.ts';
import type { CloudWorld } from '../../deploy/simulators/alibaba-cloud/world.ts';
import {
  createTestServiceAccounts,
  enterpriseSource,
  failureOf,
  never,
  stableMessage,
  startCloudFixture,
  type CloudFixture,
} from './alibaba-cloud-fixture.ts';

/** What goes wrong, and all that a person reads of it. */
export type FaultCase = {
  readonly name: string;
  readonly source?: RegistrySource;
  readonly options?: Partial<CredentialIssuerOptions>;
  readonly effect?: FaultEffect;
  readonly world?: (world: CloudWorld) => CloudWorld;
  readonly prepare?: (fixture: CloudFixture) => Promise<unknown>;
  readonly code: FailureCode;
  readonly message: string;
  readonly hint?: RegExp;
  readonly retryAfterSeconds?: number;
};

/** One test per case: the failure's code, its whole message, and, where given, what its hint says. */
export function defineFaultCases(cases: readonly FaultCase[]): void {
  const serviceAccounts = createTestServiceAccounts();
  let fixture: CloudFixture;

  beforeEach(async () => {
    fixture = await startCloudFixture(serviceAccounts);
  });

  afterEach(async () => {
    await fixture.stop();
  });

  for (const fault of cases) {
    it(`${fault.name}: ${fault.code}`, async () => {
      if (fault.world !== undefined) fixture.cloud.world.update(fault.world);
      if (fault.effect !== undefined) {
        fixture.cloud.faults.add({ match: { action: 'GetAuthorizationToken' }, effect: fault.effect });
      }
      await fault.prepare?.(fixture);
      const issuer = fixture.createIssuer(fault.options);

      const failure = await failureOf(issuer.fetchCredential(fault.source ?? enterpriseSource(), never));

      assert.equal(stableMessage(failure).replace(/expired at \S+/, 'expired at TIME'), fault.message);
      assert.equal(failure.code, fault.code);
      if (fault.hint !== undefined) assert.match(failure.hint, fault.hint);
      const expected = fault.retryAfterSeconds;
      if (expected !== undefined) assert.deepEqual(failure.reaction, { kind: 'retry-after', seconds: expected });
    });
  }
}
