import assert from 'node:assert/strict';
import { Failure } from '../../common/domain/failure.ts';
import type { Happening } from '../../common/domain/happening.ts';
import type { ObservedChange } from '../../common/domain/namespaces/observation.ts';
import type { PlanStep } from '../../common/domain/namespaces/plan-namespace.ts';
import { FakeCluster } from '../../tests/fixtures/fake-cluster.ts';
import { account, desired, namespace, secret, secretName } from '../../tests/fixtures/values.ts';
import { applyPlan, type ApplyOutcome } from './apply-plan.ts';

const [wanted] = desired().secrets;
assert.ok(wanted !== undefined);
const create: PlanStep = { stage: 'write', action: 'create-secret', secret: wanted };
const rewrite: PlanStep = { stage: 'write', action: 'rewrite-secret', secret: wanted, at: secret() };
const attach: PlanStep = { stage: 'refer', action: 'attach', account: account(), names: [secretName] };
const detach: PlanStep = {
  stage: 'detach',
  action: 'detach',
  account: account({ pullSecrets: [secretName] }),
  names: [secretName],
};
const remove: PlanStep = { stage: 'delete', action: 'delete-secret', at: secret() };

describe('applyPlan', () => {
  let cluster: FakeCluster;
  let observed: ObservedChange[];
  let happenings: Happening[];

  beforeEach(() => {
    cluster = new FakeCluster();
    observed = [];
    happenings = [];
    cluster.namespaces.set('shop', namespace());
    cluster.accounts.set('shop/default', account());
  });

  function apply(...steps: readonly PlanStep[]): Promise<ApplyOutcome> {
    return applyPlan(steps, namespace(), 'unserved', {
      cluster,
      observations: {
        observe: async (changes) => {
          observed.push(...changes);
          return [];
        },
      },
      report: (happening) => void happenings.push(happening),
    });
  }

  it('writes the Secret before an account refers to it, in whichever order the plan has them', async () => {
    assert.deepEqual(await apply(attach, create), { applied: [create, attach], conflicted: false });
    assert.deepEqual(cluster.calls, [`create shop/${secretName}`, 'attach shop/default']);
  });

  it('takes the reference away before the Secret', async () => {
    cluster.accounts.set('shop/default', account({ pullSecrets: [secretName] }));
    cluster.secrets.set(`shop/${secretName}`, secret());
    await apply(remove, detach);
    assert.deepEqual(cluster.calls, ['detach shop/default', `delete shop/${secretName}`]);
  });

  it('observes what the API server answered, so that the echo of the watch is nothing new', async () => {
    await apply(create, attach);
    assert.deepEqual(
      observed.map(({ kind, resourceVersion }) => [kind, resourceVersion]),
      [
        ['secret', '100'],
        ['account', '101'],
      ],
    );
  });

  it('observes a Secret that it deleted as gone', async () => {
    cluster.secrets.set(`shop/${secretName}`, secret());
    await apply(remove);
    assert.equal(observed[0]?.state, undefined);
    assert.equal(observed[0]?.kind, 'secret');
  });

  it('stops behind the stage of a conflict, with what is there now read and observed', async () => {
    cluster.secrets.set(`shop/${secretName}`, secret({ resourceVersion: '50', version: 'theirs' }));
    assert.deepEqual(await apply(rewrite, attach), { applied: [], conflicted: true });
    assert.deepEqual(cluster.calls, [`rewrite shop/${secretName}`, `read secret shop/${secretName}`]);
    assert.equal(observed[0]?.resourceVersion, '50');
    assert.deepEqual(happenings, [{ kind: 'write-conflicted', namespace: 'shop', action: 'rewrite-secret' }]);
  });

  it('finds out that the namespace is gone where a Secret could not be created', async () => {
    cluster.namespaces.delete('shop');
    await apply(create);
    assert.deepEqual(observed, [{ kind: 'namespace', namespace: 'shop', resourceVersion: '10', state: undefined }]);
  });

  it('makes a Secret of ours anew that cannot be changed in place, and says so', async () => {
    cluster.secrets.set(`shop/${secretName}`, secret());
    cluster.unchangeable.add(`shop/${secretName}`);
    assert.deepEqual(await apply(rewrite, attach), { applied: [rewrite, attach], conflicted: false });
    assert.deepEqual(cluster.calls.slice(0, 3), [
      `rewrite shop/${secretName}`,
      `delete shop/${secretName}`,
      `create shop/${secretName}`,
    ]);
    assert.deepEqual(
      happenings.map(({ kind }) => kind),
      ['secret-made-anew'],
    );
  });

  it('does not delete a Secret of somebody else that cannot be taken over in place', async () => {
    cluster.secrets.set(`shop/${secretName}`, secret());
    cluster.unchangeable.add(`shop/${secretName}`);
    const takeOver: PlanStep = { stage: 'write', action: 'take-over-secret', secret: wanted, at: secret() };
    const { applied, failure } = await apply(takeOver, attach);
    assert.deepEqual([applied, failure?.code], [[], 'kubernetes-unchangeable']);
    assert.deepEqual(cluster.calls, [`repair shop/${secretName}`]);
  });

  it('reads afresh where a Secret that was to be made is there and of another type', async () => {
    cluster.secrets.set(`shop/${secretName}`, secret({ managedBy: 'helm', version: undefined }));
    cluster.createSecret = async () => {
      throw new Failure('kubernetes-unchangeable', 'of another type');
    };
    assert.deepEqual(await apply(create, attach), { applied: [], conflicted: true });
    assert.equal(observed[0]?.kind === 'secret' && observed[0].state?.managedBy, 'helm');
  });

  it('remembers over a conflict since when a new account waits', async () => {
    cluster.changeAccount(account(), ['theirs']);
    await apply({ ...attach, account: account({ seenAt: 5 }) });
    assert.equal(observed[0]?.kind === 'account' && observed[0].state?.seenAt, 5);
  });

  it('tells a failure that is no conflict after the other steps of its stage, and observes what they did', async () => {
    cluster.accounts.set('shop/web', account({ name: 'web' }));
    cluster.attach = async (to) => {
      if (to.name === 'default') throw new Failure('kubernetes-forbidden', 'no right');
      return cluster.changeAccount(to, [secretName]);
    };
    const other: PlanStep = { ...attach, account: account({ name: 'web' }) };
    const { applied, failure } = await apply(attach, other);
    assert.deepEqual([applied, failure?.code], [[other], 'kubernetes-forbidden']);
    assert.deepEqual(
      observed.map((change) => 'name' in change && change.name),
      ['web'],
    );
  });
});
