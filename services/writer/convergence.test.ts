import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import { createMemoryFightMemory } from '../../common/adapters/memory/fight-memory.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import type { Configuration } from '../../common/domain/configuration/configuration.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { isOurs } from '../../common/domain/namespaces/our-secrets.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import { selectsAccount, selectsNamespace } from '../../common/domain/selection/selection.ts';
import type { MessageData } from '../../queues/catalog.ts';
import { ModelCluster } from '../../tests/fixtures/model-cluster.ts';
import { configuration, credential, namespace, now, registry, secretName } from '../../tests/fixtures/values.ts';
import { DesiredSecretsCache } from './desired-secrets-cache.ts';
import { FightGuard } from './fight-guard.ts';
import { NamespaceTroubles } from './namespace-troubles.ts';
import { syncNamespace } from './sync-namespace.ts';

type Cause = MessageData<'namespace.sync'>['cause'];

const accounts = ['default', 'web', 'worker'];
const ourSecretNames = [secretName, `${secretName}-1`];
/** The second entry wants another credential for the same host, and so a second Secret. */
const registries = [registry(), registry({ index: 1, instanceId: 'cri-b' })];

/** One helper and one namespace, with everything that can happen to them. */
class History {
  readonly model = new ModelCluster();
  readonly #configurations = createMemoryConfigurationStore();
  readonly #credentials = createMemoryCredentialStore();
  readonly #fights = createMemoryFightMemory();
  #observations = createMemoryObservationStore();
  #configuration = configuration();
  #version = 0;
  #moment = now;
  /** The cause with which the namespace was named last; absent: nothing is to be done. */
  #named: Cause | undefined = 'fan-out';
  #helper = this.#startHelper();

  async start(): Promise<void> {
    this.model.cluster.namespaces.set('shop', namespace());
    this.model.createAccount('default', []);
    this.model.createAccount('web', ['theirs']);
    await this.configure({});
    await this.renew();
    await this.restart();
  }

  /** The process ends; a new one lists everything. */
  async restart(): Promise<void> {
    this.#observations = createMemoryObservationStore();
    this.#helper = this.#startHelper();
    this.model.events();
    await this.#observations.observe(this.model.list());
    await this.#observations.markListed('everything', 0);
    this.#named = 'fan-out';
  }

  async configure(parts: Partial<Configuration>): Promise<void> {
    this.#configuration = { ...this.#configuration, ...parts };
    await this.#configurations.write({ configuration: this.#configuration, version: `c${++this.#version}` });
    this.#named = 'fan-out';
  }

  async renew(): Promise<void> {
    const inForce = { configuration: configuration({ registries }), version: '' };
    for (const sourceId of resolveRegistries(inForce).sources.keys()) {
      const password = new SecretText(`token-${++this.#version}`);
      const times = { issuedAt: this.#moment, expiresAt: this.#moment + 360_000_000 };
      await this.#credentials.write({ sourceId, credential: credential({ sourceId, password, ...times }) });
    }
    this.#named = 'fan-out';
  }

  /** What the watches heard comes in, and names the namespace where it makes a difference. */
  async hear(): Promise<void> {
    for (const event of this.model.events()) {
      if ((await this.#observations.observe([event])).length > 0) this.#named = event.kind;
    }
  }

  /** Handles the message if there is one; one that fails stays. */
  async work(cause?: Cause): Promise<void> {
    const data = cause ?? this.#named;
    if (data === undefined) return;
    this.#named = undefined;
    const message = { data: { namespace: 'shop', cause: data }, urgency: 'drifted', attempt: 1 } as const;
    try {
      const result = await this.#helper.handle({ ...message, signal: new AbortController().signal });
      if (result !== undefined) this.#named ??= data;
    } catch {
      this.#named ??= data;
    }
  }

  async pass(seconds: number): Promise<void> {
    this.#moment += seconds * 1000;
    await this.#helper.guard.settle();
  }

  async comeToRest(): Promise<void> {
    await this.hear();
    for (let round = 0; round < 10 && this.hasWork(); round++) {
      await this.work();
      await this.hear();
      await this.pass(61);
    }
  }

  hasWork(): boolean {
    return this.#named !== undefined;
  }

  /** How many writes the cluster as it is needs, told from the configuration and not by the planner. */
  async difference(): Promise<number> {
    const { secrets, accounts: all } = this.model.cluster;
    const inForce = await this.#configurations.read();
    assert.ok(inForce !== undefined);
    const isSelected = selectsNamespace(this.#configuration, namespace());
    const desired = isSelected ? (await this.#helper.cache.forNamespace('shop', inForce, this.#moment)).secrets : [];
    const wanted = new Set(desired.map(({ name }) => name));
    let writes = 0;
    const usable: string[] = [];
    for (const { name, version } of desired) {
      const current = secrets.get(`shop/${name}`);
      if (current !== undefined && !isOurs(current) && !this.#configuration.takeOver) continue;
      usable.push(name);
      if (current === undefined || !isOurs(current) || !current.ownsData || current.version !== version) {
        const isReplaced = current !== undefined && this.model.cluster.unchangeable.has(`shop/${name}`);
        writes += isReplaced ? 2 : 1;
      }
    }
    const ours = [...secrets.values()].filter((secret) => isOurs(secret)).map(({ name }) => name);
    for (const account of all.values()) {
      const isKept = isSelected && selectsAccount(this.#configuration, account);
      const isGone = (name: string): boolean =>
        isSelected && name === ourSecretNames[1] && !secrets.has(`shop/${name}`);
      if (isKept && usable.some((name) => !account.pullSecrets.includes(name))) writes++;
      if (
        account.pullSecrets.some(
          (name) => (ours.includes(name) || usable.includes(name) || isGone(name)) && !(isKept && wanted.has(name)),
        )
      )
        writes++;
    }
    return writes + ours.filter((name) => !wanted.has(name)).length;
  }

  isServed(): boolean {
    return selectsNamespace(this.#configuration, namespace());
  }

  #startHelper() {
    const tools = { clock: () => this.#moment, report: () => undefined };
    const cache = new DesiredSecretsCache({ ...tools, credentials: this.#credentials, secretName, allowedHosts: [] });
    const guard = new FightGuard({ ...tools, fights: this.#fights });
    const handle = syncNamespace({
      ...tools,
      configurations: this.#configurations,
      observations: this.#observations,
      credentials: this.#credentials,
      cluster: this.model.writer,
      desiredSecrets: cache,
      fightGuard: guard,
      troubles: new NamespaceTroubles(tools.report),
      secretName,
      watchClock: tools.clock,
    });
    return { handle, guard, cache };
  }
}

type Step = { readonly text: string; readonly run: (history: History) => Promise<void> | void };

const anyAccount = fc.constantFrom(...accounts);
const anySecret = fc.constantFrom(...ourSecretNames);
const anyEntry = fc.constantFrom('theirs', 'another', 'third');

/** What others do to the cluster. */
const foreignStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(anyAccount, fc.uniqueArray(anyEntry))
    .map(([name, entries]) =>
      step(`create ${name} ${entries.join()}`, ({ model }) => model.createAccount(name, entries)),
    ),
  anyAccount.map((name) => step(`delete ${name}`, ({ model }) => model.deleteAccount(name))),
  fc
    .tuple(anyAccount, anyEntry, fc.boolean())
    .map(([name, entry, first]) =>
      step(`add ${entry} to ${name}`, ({ model }) =>
        model.changeAccount(name, (list) => (first ? [entry, ...list] : [...list, entry])),
      ),
    ),
  anyAccount.map((name) =>
    step(`detach ${name}`, ({ model }) =>
      model.changeAccount(name, (list) => list.filter((entry) => !ourSecretNames.includes(entry))),
    ),
  ),
  anySecret.map((name) => step(`delete ${name}`, ({ model }) => model.deleteSecret(name))),
  anySecret.map((name) => step(`edit ${name}`, ({ model }) => model.changeSecret(name, { ownsData: false }))),
  anySecret.map((name) => step(`unlabel ${name}`, ({ model }) => model.changeSecret(name, { managedBy: undefined }))),
  anySecret.map((name) => step(`replace ${name}`, ({ model }) => model.putForeignSecret(name))),
  anySecret.map((name) =>
    step(`make ${name} immutable`, ({ model }) => {
      const secret = model.cluster.secrets.get(`shop/${name}`);
      if (secret !== undefined && isOurs(secret)) model.cluster.unchangeable.add(`shop/${name}`);
    }),
  ),
);

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: foreignStep },
  { weight: 4, arbitrary: fc.constant(step('hear', (history) => history.hear())) },
  { weight: 4, arbitrary: fc.constant(step('work', (history) => history.work())) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(4), fc.boolean()).map(([calls, tookEffect]) =>
      step(`crash after ${calls} calls, the next ${tookEffect ? 'with' : 'without'} effect`, async (history) => {
        history.model.crashAfter = { calls, tookEffect };
        await history.work();
        history.model.crashAfter = undefined;
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.array(foreignStep, { minLength: 1, maxLength: 3 }).map((others) =>
      step(`while working: ${others.map(({ text }) => text).join(', ')}`, async (history) => {
        const left = [...others];
        history.model.interfere = () => void left.shift()?.run(history);
        await history.work();
        history.model.interfere = () => undefined;
      }),
    ),
  },
  fc.constant(step('renew', (history) => history.renew())),
  fc.constant(step('restart', (history) => history.restart())),
  fc.constant(step('a minute passes', (history) => history.pass(61))),
  fc
    .boolean()
    .map((selected) =>
      step(`select the namespace: ${selected}`, (history) =>
        history.configure({ namespaces: { include: [selected ? 'shop' : 'other'], exclude: [] } }),
      ),
    ),
  fc
    .subarray(accounts)
    .map((exclude) =>
      step(`exclude ${exclude.join()}`, (history) => history.configure({ accounts: { include: ['*'], exclude } })),
    ),
  fc
    .boolean()
    .map((both) =>
      step(`two registries: ${both}`, (history) =>
        history.configure({ registries: registries.slice(0, both ? 2 : 1) }),
      ),
    ),
  fc.boolean().map((takeOver) => step(`take over: ${takeOver}`, (history) => history.configure({ takeOver }))),
);

/** Where it rested before, only an event can bring about what the last steps make necessary. */
const anyHistory = fc.record({
  steps: fc.array(anyStep, { maxLength: 40 }),
  restsBefore: fc.boolean(),
  lastSteps: fc.array(foreignStep, { maxLength: 4 }),
});

function step(text: string, run: Step['run']): Step {
  return { text, run };
}

describe('a namespace with any history', function () {
  this.timeout(60_000);

  it('ends as configured, with the fewest writes, without a foreign entry lost, and with nothing left for the sweep', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async ({ steps, restsBefore, lastSteps }) => {
        const history = new History();
        await history.start();
        for (const { run } of steps) await run(history);
        if (restsBefore) await history.comeToRest();
        for (const { run } of lastSteps) await run(history);
        const { accounts: all, secrets } = history.model.cluster;
        const foreign = (): readonly unknown[] =>
          [...all.values()].map(({ name, pullSecrets }) => [
            name,
            pullSecrets.filter((entry) => !ourSecretNames.includes(entry)),
          ]);
        const foreignBefore = foreign();

        await history.hear();
        await history.pass(300);
        const needed = await history.difference();
        const writesBefore = history.model.writes;
        await history.comeToRest();
        assert.equal(history.hasWork(), false, 'it comes to rest');
        // A Secret that was made by a call whose answer was lost looks like the echo of our own: where the namespace left the
        // selection before, only the sweep can tell.
        if (history.model.hasLostAnswer) await history.work('sweep');
        assert.equal(await history.difference(), 0, 'it is as configured');
        assert.equal(history.model.writes - writesBefore, needed, 'the fewest writes');

        const atRest = history.model.writes;
        await history.work('sweep');
        assert.equal(history.model.writes, atRest, 'the sweep finds nothing');
        assert.deepEqual(foreign(), foreignBefore, 'no foreign entry is lost or moved');
        if (!history.isServed()) return;
        for (const { pullSecrets } of all.values()) {
          for (const name of pullSecrets.filter((entry) => ourSecretNames.includes(entry)))
            assert.ok(secrets.has(`shop/${name}`), `${name} is referred to and there`);
        }
      }),
      { numRuns: 400 },
    );
  });
});
