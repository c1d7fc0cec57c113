import assert from 'node:assert/strict';
import { createMemoryFightMemory } from '../../common/adapters/memory/fight-memory.ts';
import type { Happening } from '../../common/domain/happening.ts';
import type { PlanStep } from '../../common/domain/namespaces/plan-namespace.ts';
import type { FightMemory } from '../../common/ports/memories.ts';
import { account, desired, now, secretName } from '../../tests/fixtures/values.ts';
import { FightGuard } from './fight-guard.ts';

const shop = { name: 'shop', uid: 'ns-uid' };
const [wanted] = desired().secrets;
assert.ok(wanted !== undefined);
const create: PlanStep = { stage: 'write', action: 'create-secret', secret: wanted };
const attach: PlanStep = { stage: 'refer', action: 'attach', account: account(), names: [secretName] };

describe('FightGuard', () => {
  let moment: number;
  let asked: number;
  let happenings: string[];
  let memory: FightMemory;
  let guard: FightGuard;
  let otherWriter: FightGuard;

  beforeEach(() => {
    moment = now;
    asked = 0;
    happenings = [];
    const shared = createMemoryFightMemory();
    memory = {
      ...shared,
      read(namespace) {
        asked++;
        return shared.read(namespace);
      },
      change(namespace, plan) {
        asked++;
        return shared.change(namespace, plan);
      },
    };
    const report = ({ kind }: Happening): void => void happenings.push(kind);
    const tools = { fights: memory, clock: () => moment, report };
    [guard, otherWriter] = [new FightGuard(tools), new FightGuard(tools)];
  });

  /** Somebody takes the reference away once a second; answers with how often it was given back. */
  async function fight(seconds: number, by: readonly FightGuard[]): Promise<number> {
    let writes = 0;
    for (let second = 0; second < seconds; second++) {
      moment += 1000;
      const writer = by[second % by.length] ?? guard;
      const { steps } = await writer.allow('shop', 'account', [attach]);
      writes += steps.length;
      await writer.note(shop, 'account', steps);
    }
    return writes;
  }

  it('asks nobody about a first start, a new namespace or a renewal', async () => {
    for (const cause of ['fan-out', 'namespace'] as const) {
      assert.deepEqual(await guard.allow('shop', cause, [create, attach]), { steps: [create, attach] });
      await guard.note(shop, cause, [create, attach]);
    }
    assert.equal(asked, 0);
  });

  it('answers once a minute after five corrections, whichever writers share the work', async () => {
    assert.equal(await fight(5, [guard, otherWriter]), 5);
    assert.equal(await fight(180, [guard, otherWriter]), 3);
  });

  it('reports a fight once', async () => {
    await fight(120, [guard, otherWriter]);
    assert.deepEqual(happenings, ['fight-recognised']);
    assert.equal(await guard.count(), 1);
  });

  it('holds the object back in every sync of the namespace, also in one for a renewal', async () => {
    await fight(10, [guard]);
    assert.deepEqual((await guard.allow('shop', 'fan-out', [create, attach])).steps, [create]);
    await otherWriter.settle();
    assert.deepEqual((await otherWriter.allow('shop', 'fan-out', [create, attach])).steps, [create]);
  });

  it('reports the end once, when the other side has stopped, and forgets it', async () => {
    await fight(10, [guard]);
    moment += 200_000;
    await otherWriter.settle();
    await guard.settle();
    assert.deepEqual(happenings, ['fight-recognised', 'fight-ended']);
    assert.deepEqual([await guard.count(), await memory.namespaces()], [0, []]);
    assert.deepEqual((await guard.allow('shop', 'account', [attach])).steps, [attach]);
  });
});
