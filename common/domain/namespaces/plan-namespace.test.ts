import assert from 'node:assert/strict';
import {
  account,
  configuration,
  desired,
  namespace,
  now,
  observation,
  secret,
  secretName,
} from '../../../tests/fixtures/values.ts';
import { planNamespace, type PlanInput } from './plan-namespace.ts';

const other = 'somebody-elses-secret';

/** What the plan does, one word a step. */
function actions(parts: Partial<PlanInput>): readonly string[] {
  return plan(parts).steps.map((step) =>
    step.stage === 'refer' || step.stage === 'detach' ? `${step.action} ${step.account.name}` : step.action,
  );
}

function plan(parts: Partial<PlanInput>): ReturnType<typeof planNamespace> {
  return planNamespace({
    observation: observation(),
    configuration: configuration(),
    desired: desired(),
    secretName,
    now,
    ...parts,
  });
}

describe('planNamespace', () => {
  it('writes the Secret before an account refers to it', () => {
    assert.deepEqual(actions({ observation: observation({ accounts: [account()] }) }), [
      'create-secret',
      'attach default',
    ]);
  });

  it('does nothing when everything matches', () => {
    const matching = observation({ accounts: [account({ pullSecrets: [secretName] })], secrets: [secret()] });
    assert.deepEqual(actions({ observation: matching }), []);
  });

  it('rewrites the Secret in place when a credential was renewed, and touches no account', () => {
    const renewed = observation({
      accounts: [account({ pullSecrets: [secretName] })],
      secrets: [secret({ version: 'v0' })],
    });
    assert.deepEqual(actions({ observation: renewed }), ['rewrite-secret']);
  });

  it('repairs a Secret whose data somebody else changed although its version annotation still matches', () => {
    assert.deepEqual(actions({ observation: observation({ secrets: [secret({ ownsData: false })] }) }), [
      'repair-secret',
    ]);
  });

  it('attaches only the names that an account lacks', () => {
    const attached = plan({
      observation: observation({ accounts: [account({ pullSecrets: [other] })], secrets: [secret()] }),
    });
    assert.deepEqual(
      attached.steps.map((step) => step.stage === 'refer' && step.names),
      [[secretName]],
    );
  });

  it('neither overwrites a Secret of our name that is not ours nor refers to it', () => {
    const foreign = plan({
      observation: observation({
        accounts: [account()],
        secrets: [secret({ managedBy: 'helm', version: undefined, ownsData: false })],
      }),
    });
    assert.deepEqual(foreign.steps, []);
    assert.deepEqual(foreign.leftAlone, [{ secret: secretName, reason: 'not-ours' }]);
  });

  it('adopts such a Secret when take-over is on', () => {
    const foreign = observation({ secrets: [secret({ managedBy: undefined, version: undefined, ownsData: false })] });
    assert.deepEqual(actions({ observation: foreign, configuration: configuration({ takeOver: true }) }), [
      'take-over-secret',
    ]);
  });

  it('takes a Secret whose label was removed but whose data is ours for ours', () => {
    assert.deepEqual(
      actions({ observation: observation({ secrets: [secret({ managedBy: undefined, version: 'v0' })] }) }),
      ['rewrite-secret'],
    );
  });

  it('leaves a namespace alone that is being deleted', () => {
    assert.deepEqual(
      actions({ observation: observation({ namespace: namespace({ terminating: true }), accounts: [account()] }) }),
      [],
    );
  });

  it('leaves a namespace alone that was not observed', () => {
    assert.deepEqual(actions({ observation: observation({ namespace: undefined, accounts: [account()] }) }), []);
  });

  it('removes the reference before the Secret when the namespace leaves the selection', () => {
    const attached = observation({ accounts: [account({ pullSecrets: [other, secretName] })], secrets: [secret()] });
    const unselected = configuration({ namespaces: { include: ['team-*'], exclude: [] } });
    assert.deepEqual(actions({ observation: attached, configuration: unselected }), [
      'detach default',
      'delete-secret',
    ]);
  });

  it('leaves references alone in a namespace that is not selected and holds no Secret of ours', () => {
    const unselected = configuration({ namespaces: { include: ['team-*'], exclude: [] } });
    assert.deepEqual(
      actions({
        observation: observation({ accounts: [account({ pullSecrets: [secretName] })] }),
        configuration: unselected,
      }),
      [],
    );
  });

  it('detaches an account that leaves the selection and keeps the Secret for the others', () => {
    const accounts = [account({ pullSecrets: [secretName] }), account({ name: 'web', pullSecrets: [secretName] })];
    const onlyWeb = configuration({ accounts: { include: ['web'], exclude: [] } });
    assert.deepEqual(actions({ observation: observation({ accounts, secrets: [secret()] }), configuration: onlyWeb }), [
      'detach default',
    ]);
  });

  it('detaches an account that is not selected also where the Secret that it names has to be made again', () => {
    const only = configuration({ accounts: { include: ['web'], exclude: [] } });
    const gone = observation({ accounts: [account({ pullSecrets: [secretName] })], secrets: [] });
    assert.deepEqual(actions({ observation: gone, configuration: only }), ['create-secret', 'detach default']);
  });

  it('detaches an account that opts out', () => {
    const ignored = observation({
      accounts: [account({ ignored: true, pullSecrets: [secretName] })],
      secrets: [secret()],
    });
    assert.deepEqual(actions({ observation: ignored }), ['detach default']);
  });

  it('leaves accounts alone when attach is off', () => {
    const accounts = [account(), account({ name: 'web', pullSecrets: [secretName] })];
    assert.deepEqual(
      actions({
        observation: observation({ accounts, secrets: [secret()] }),
        configuration: configuration({ attach: false }),
      }),
      [],
    );
  });

  it('refers to nothing while the only credential is missing', () => {
    const waiting = plan({
      observation: observation({ accounts: [account()] }),
      desired: desired({ secrets: [], awaited: [{ sourceId: 'source-a' }] }),
    });
    assert.deepEqual(waiting.steps, []);
    assert.deepEqual(waiting.waitingFor, [{ sourceId: 'source-a' }]);
  });

  it('removes nothing while a credential is missing', () => {
    const leftover = observation({ secrets: [secret(), secret({ name: `${secretName}-1` })] });
    assert.deepEqual(actions({ observation: leftover, desired: desired({ awaited: [{ sourceId: 'source-b' }] }) }), []);
  });

  it('lets an account go that is not selected any more, also while a credential is missing', () => {
    const accounts = [account({ pullSecrets: [secretName] }), account({ name: 'web', pullSecrets: [secretName] })];
    const waiting = {
      observation: observation({ accounts, secrets: [secret(), secret({ name: `${secretName}-1` })] }),
      configuration: configuration({ accounts: { include: ['web'], exclude: [] } }),
      desired: desired({ awaited: [{ sourceId: 'source-b' }] }),
    };
    assert.deepEqual(actions(waiting), ['detach default']);
  });

  it('deletes a second Secret that is not wanted any more, reference first', () => {
    const second = `${secretName}-1`;
    const leftover = observation({
      accounts: [account({ pullSecrets: [secretName, second] })],
      secrets: [secret(), secret({ name: second })],
    });
    assert.deepEqual(actions({ observation: leftover }), ['detach default', 'delete-secret']);
  });

  it('waits with the first write for a registry that was asked for a moment ago', () => {
    const held = plan({ desired: desired({ awaited: [{ sourceId: 'source-b', pendingUntil: now + 1500 }] }) });
    assert.deepEqual(held.steps, []);
    assert.equal(held.planAgainAt, now + 1500);
  });

  it('serves a namespace with what there is when another registry fails', () => {
    assert.deepEqual(actions({ desired: desired({ awaited: [{ sourceId: 'source-b' }] }) }), ['create-secret']);
  });

  it('waits with a renewal for those that were asked for together with it', () => {
    const held = plan({
      observation: observation({ secrets: [secret({ version: 'v0' })] }),
      desired: desired({ renewalPendingUntil: now + 1000 }),
    });
    assert.deepEqual(held.steps, []);
    assert.equal(held.planAgainAt, now + 1000);
  });

  it('attaches a new account at once while a renewal is pending', () => {
    const pending = observation({ accounts: [account()], secrets: [secret({ version: 'v0' })] });
    assert.deepEqual(actions({ observation: pending, desired: desired({ renewalPendingUntil: now + 1000 }) }), [
      'attach default',
    ]);
  });

  it('keeps an entry that still works, of a registry whose credential was lost, until the rest is about to expire', () => {
    const sources = JSON.stringify([
      source('source-a', 'a-registry.cn-hangzhou.cr.aliyuncs.com', now + 600_000),
      source('source-b', 'b-registry.cn-hangzhou.cr.aliyuncs.com', now + 900_000),
    ]);
    const held = plan({
      observation: observation({ secrets: [secret({ version: 'v0', sources })] }),
      desired: desired({ awaited: [{ sourceId: 'source-b' }] }),
    });
    assert.deepEqual(held.steps, []);
    assert.equal(held.planAgainAt, now + 540_000);
  });

  it('gives such an entry up when the rest would expire otherwise', () => {
    const sources = JSON.stringify([
      source('source-a', 'a-registry.cn-hangzhou.cr.aliyuncs.com', now + 30_000),
      source('source-b', 'b-registry.cn-hangzhou.cr.aliyuncs.com', now + 900_000),
    ]);
    const late = observation({ secrets: [secret({ version: 'v0', sources })] });
    assert.deepEqual(actions({ observation: late, desired: desired({ awaited: [{ sourceId: 'source-b' }] }) }), [
      'rewrite-secret',
    ]);
  });

  function source(id: string, host: string, expiresAt: number): Record<string, unknown> {
    return { id, hosts: [host], issuedAt: new Date(now).toISOString(), expiresAt: new Date(expiresAt).toISOString() };
  }
});
