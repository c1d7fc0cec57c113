import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import {
  firedAfter,
  letHappen,
  unexpectedFirings,
  type Course,
  type Firings,
  type Trouble,
} from '../fixtures/alert-time-line.ts';
import { startFaultProxy, type FaultProxy } from '../fixtures/fault-proxy.ts';
import { RewritingController } from '../fixtures/foreign-controllers.ts';
import { MonitoredHelper } from '../fixtures/monitored-helper.ts';
import { liveCalmly, makeWork, serveTwoTeams } from '../fixtures/monitored-life.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { kubeconfigText } from '../real-parts/kubeconfig.ts';
import type { PrometheusServer } from '../real-parts/prometheus.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

/** The chart's 30 s would make six minutes of the five. */
const scrapeSeconds = 15;
/** What happens is seen at the next scrape, and acted on at the next evaluation. */
const grain = 2 * scrapeSeconds;
/** A loaded machine scrapes and evaluates late. */
const allowance = 60;

const distributed = ['watcher', 'fetcher', 'writer'] as const;
/** Each has its own Redis, cloud and Prometheus: what goes wrong in one disturbs no other. */
const groups = {
  calm: { roles: distributed, tokenSeconds: 240 },
  cloud: { roles: distributed, tokenSeconds: 30 },
  edits: { roles: distributed, tokenSeconds: 3600 },
  work: { roles: distributed, tokenSeconds: 3600 },
  store: { roles: distributed, tokenSeconds: 3600 },
  gone: { roles: ['all'], tokenSeconds: 3600 },
} as const;
type GroupName = keyof typeof groups;

describe('five minutes of a real Prometheus with the rules as they are, on a real API server', function () {
  this.timeout(540_000);
  let controlPlane: ControlPlane;
  let proxy: FaultProxy;
  let folder: string;
  let rewriter: RewritingController;
  const helpers = new Map<string, MonitoredHelper>();
  const life = new AbortController();
  let startedAt: number;
  let courses: ReadonlyMap<Trouble, Course>;
  const firings = new Map<string, Firings>();

  const troubles: readonly (Trouble & { readonly group: GroupName })[] = [
    {
      group: 'cloud',
      what: 'a region throttles from the first call on',
      fires: {
        AcrHelperPoolBlocked: 300 + grain,
        AcrHelperCredentialMissing: 300 + grain,
        AcrHelperNamespacesUnserved: 300 + grain,
      },
    },
    {
      group: 'cloud',
      what: 'a login that lives for half a minute is not renewed, because a permission is gone',
      fires: { AcrHelperCredentialExpiring: 15 + 60 + grain, AcrHelperCredentialNotRenewed: 15 + 120 + 180 + grain },
      begin: async () =>
        helper('cloud').cloud.faults.add({
          match: { instanceId: demoNames.instanceId },
          effect: { kind: 'error', status: 403, code: 'NoPermission' },
        }),
    },
    {
      group: 'edits',
      what: 'the ConfigMap is broken',
      fires: { AcrHelperConfigurationInvalid: 120 + grain },
      begin: () => helper('edits').configure({ 'acr-registry-info': '- instanceId: [' }),
      end: () => helper('edits').configure(),
      lingersSeconds: grain + allowance,
    },
    {
      group: 'edits',
      what: 'an edit would take everything from everybody',
      after: 'AcrHelperConfigurationInvalid',
      fires: { AcrHelperConfigurationHeldBack: 120 + grain },
      begin: () => helper('edits').configure({ 'watch-namespace': 'nobody' }),
    },
    {
      group: 'edits',
      what: 'another controller rewrites an account',
      fires: { AcrHelperFight: 120 + grain },
      begin: async () => {
        rewriter = new RewritingController(controlPlane, helper('edits').team('b'), 'default', ['theirs']);
      },
      end: () => rewriter.stop(),
      // A fight is over two minutes after the last correction, which is held back for a minute.
      lingersSeconds: 180 + grain + allowance,
    },
    {
      group: 'edits',
      what: 'accounts wait for a writer that hangs for some seconds',
      after: 'AcrHelperFight',
      // Shares are recorded every 30 s.
      fires: { AcrHelperAccountsLateFast: 30 + grain, AcrHelperAccountsLateSlow: 30 + grain },
      begin: async () => {
        helper('edits').signal('writer', 'SIGSTOP');
        await makeWork(helper('edits'), 20);
        await sleep(2000);
        helper('edits').signal('writer', 'SIGCONT');
      },
    },
    {
      group: 'work',
      what: 'the writer hangs, and the watcher cannot reach the API server',
      fires: { AcrHelperBacklogOld: 60 + 180 + grain, AcrHelperWatchDead: 120 + 120 + grain },
      begin: async () => {
        helper('work').signal('writer', 'SIGSTOP');
        await makeWork(helper('work'), 0);
        await proxy.refuse();
      },
      end: async () => {
        helper('work').signal('writer', 'SIGCONT');
        await proxy.accept();
      },
      lingersSeconds: grain + allowance,
    },
    {
      group: 'store',
      what: 'Redis is gone',
      fires: { AcrHelperStoreLost: 120 + grain },
      begin: () => helper('store').redis.kill(),
      end: () => helper('store').redis.restart(),
      lingersSeconds: grain + allowance,
    },
    {
      group: 'store',
      what: 'the only fetcher is gone',
      fires: { AcrHelperRoleAbsent: 300 + grain },
      begin: async () => helper('store').process('fetcher').kill(),
    },
    {
      group: 'gone',
      what: 'every process is gone',
      fires: { AcrHelperAbsent: 300 + grain },
      begin: async () => helper('gone').process('all').kill(),
    },
  ];

  before(async () => {
    // Each process that is started listens for the end of this one.
    process.setMaxListeners(32);
    controlPlane = await startControlPlane();
    proxy = await startFaultProxy(Number(new URL(controlPlane.url).port));
    folder = await mkdtemp(join(tmpdir(), 'acr-five-minutes-'));
    const throughProxy = join(folder, 'kubeconfig');
    const { ca, adminToken } = controlPlane;
    await writeFile(throughProxy, kubeconfigText({ url: `https://127.0.0.1:${proxy.port}`, ca, token: adminToken }));
    for (const [name, { roles, tokenSeconds }] of Object.entries(groups)) {
      const kubeconfigPaths = name === 'work' ? { watcher: throughProxy } : {};
      const plan = { controlPlane, name, roles, tokenSeconds, kubeconfigPaths, scrapeSeconds };
      helpers.set(name, await MonitoredHelper.start(plan));
    }
    helper('cloud').cloud.faults.add({
      match: { region: demoNames.otherRegionId },
      effect: { kind: 'throttle', retryAfterMilliseconds: 20_000 },
    });
    // Every process has been seen before anything happens to it.
    for (const group of helpers.values())
      await waitUntil(
        `a scrape of ${group.name}`,
        60,
        async () => ((await group.number('acr_helper_role')) > 0 ? true : undefined),
        500,
      );
    await Promise.all([...helpers.values()].map((group) => serveTwoTeams(group)));

    startedAt = Date.now() / 1000;
    const living = liveCalmly(helper('calm'), life.signal);
    const [happened] = await Promise.all([
      letHappen(troubles, prometheusOf, (startedAt + 345 + allowance) * 1000),
      sleep(300_000),
    ]);
    courses = happened;
    life.abort();
    await living;
    // The evaluation that ended it goes into the history, and one more.
    await sleep(scrapeSeconds * 1000);
    for (const group of helpers.values())
      firings.set(group.name, await group.prometheus.firings(startedAt - 60, Date.now() / 1000, 5));
  });

  after(async () => {
    life.abort();
    await rewriter?.stop();
    await proxy?.accept();
    await Promise.all([...helpers.values()].map((group) => group.stop()));
    await proxy?.stop();
    await controlPlane?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  function helper(name: GroupName): MonitoredHelper {
    const found = helpers.get(name);
    assert.ok(found !== undefined);
    return found;
  }

  function prometheusOf(name: string): PrometheusServer {
    return helper(name as GroupName).prometheus;
  }

  for (const trouble of troubles) {
    for (const [alert, seconds] of Object.entries(trouble.fires)) {
      it(`raise ${alert} when ${trouble.what}`, () => {
        const course = courses.get(trouble);
        assert.ok(course !== undefined, `it did not come to that: ${trouble.after} did not fire`);
        const after = firedAfter(alert, firings.get(trouble.group) ?? new Map(), course);
        assert.ok(after !== undefined, 'it did not fire');
        assert.ok(after <= seconds + allowance, `it fired after ${after} s only`);
      });
    }
  }

  for (const name of Object.keys(groups) as readonly GroupName[]) {
    const isCalm = troubles.every(({ group }) => group !== name);
    it(`raise nothing ${isCalm ? '' : 'else '}at any moment for the helper "${name}"`, async () => {
      // An account that waited on a loaded machine did wait.
      const tookLong = (await helper(name).lateAccounts()) >= 10;
      const unexpected = unexpectedFirings(name, firings.get(name) ?? new Map(), courses, startedAt);
      assert.deepEqual(
        unexpected.filter((text) => !(tookLong && text.startsWith('AcrHelperAccountsLate'))),
        [],
      );
    });
  }

  it('were each looked at in one row of the time line', async () => {
    const rules = await readFile(join(repositoryRoot(), 'deploy', 'prometheus', 'alert-rules.yaml'), 'utf8');
    const alerts = [...rules.matchAll(/^ *- alert: (\w+)$/gm)].map(([, alert = '']) => alert);
    assert.deepEqual(troubles.flatMap(({ fires }) => Object.keys(fires)).toSorted(), alerts.toSorted());
  });

  it('have seen a renewal, new accounts and an edit where they raised nothing', async () => {
    assert.ok((await helper('calm').number('acr_helper_credential_fetches_total{outcome="stored"}')) > 2);
    assert.ok((await helper('calm').number('acr_helper_service_account_ready_seconds_count')) > 5);
  });
});
