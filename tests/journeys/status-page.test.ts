import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { Metrics } from '../../common/runtime/metrics.ts';
import { startOpsServer, type OpsServer } from '../../common/runtime/ops-server.ts';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { createConsole } from '../../services/console/serve-console.ts';
import { accessibilityProblems, openWindow, startBrowser, type WindowLook } from '../fixtures/browser.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { startHelper } from '../fixtures/credential-journey.ts';
import { startEmbeddedCluster, type EmbeddedCluster } from '../fixtures/embedded-cluster.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { syntheticStatus } from '../fixtures/synthetic-status.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';

const canary = { id: 'LTAI5tCanaryPage0000001', secret: 'canary-Gx8w2QpLr61vBnTz7Ks4' };

const looks: readonly (WindowLook & { readonly name: string })[] = [
  { name: 'light' },
  { name: 'dark', colorScheme: 'dark' },
  { name: 'phone', width: 390, height: 844, colorScheme: 'dark' },
];

describe('the status page in a browser', function () {
  this.timeout(120_000);
  let browser: Browser;

  before(async () => {
    browser = await startBrowser();
  });

  after(() => browser?.close());

  /** In each look: nothing for axe to find, no complaint of the browser, nobody asked but the helper itself. */
  async function assertSound(
    url: string,
    name: string,
    show: (page: Page) => Promise<void>,
    inLooks = looks,
  ): Promise<void> {
    for (const look of inLooks) {
      const { page, requests, complaints } = await openWindow(browser, url, look);
      await show(page);
      assert.deepEqual(await accessibilityProblems(page), [], look.name);
      assert.deepEqual(complaints, [], look.name);
      const elsewhere = requests.filter((asked) => new URL(asked).origin !== new URL(url).origin);
      assert.deepEqual(
        elsewhere.filter((asked) => !asked.startsWith('data:')),
        [],
        look.name,
      );
      const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      assert.equal(wide, 0, `${look.name}: the page scrolls sideways`);
      await keepScreenshot(page, `${name}-${look.name}`);
      await page.context().close();
    }
  }

  describe('of a helper at work', () => {
    let cluster: EmbeddedCluster;
    let client: ClusterClient;
    let cloud: AlibabaCloudSimulator;
    let helper: HelperProcess;
    let url: string;

    before(async () => {
      cloud = await startAlibabaCloudSimulator({ world: worldWithCanary() });
      cluster = await startEmbeddedCluster();
      client = new ClusterClient(cluster);
      for (const name of ['shop', 'team-a', 'team-b']) await client.createNamespace(name);
      await client.writeConfigMap(configuration());
      helper = startHelper({ controlPlane: cluster, cloud });
      url = `${await helper.opsUrl()}/`;
      for (const name of ['shop', 'team-a', 'team-b']) await client.untilServed(name);
    });

    after(async () => {
      await helper?.stop();
      await Promise.all([cloud?.stop(), cluster?.stop()]);
    });

    it('says that every namespace can pull, and shows each credential', async () => {
      const { page } = await openWindow(browser, url);
      await page.getByRole('heading', { level: 1, name: /All 3 namespaces can pull\./ }).waitFor();
      await page.getByRole('rowheader', { name: `${demoNames.instanceId} cn-hangzhou, the cluster’s role` }).waitFor();
      await page.getByText('Every selected namespace is served.').waitFor();
      await assertSound(url, 'calm', (shown) => shown.locator('.badge.fresh').first().waitFor());
    });

    it('goes on by itself: a namespace that appears is counted without a reload', async () => {
      const { page } = await openWindow(browser, url);
      await client.createNamespace('team-c');
      await page.getByRole('heading', { level: 1, name: /All 4 namespaces can pull\./ }).waitFor();
      assert.equal(await page.evaluate("performance.getEntriesByType('navigation').length"), 1);
    });

    it('finds a namespace that is served, which has no row by itself', async () => {
      const { page } = await openWindow(browser, url);
      await page.getByRole('searchbox').fill('team-a');
      await page.getByText('1 found.').waitFor();
      await page.getByRole('rowheader', { name: 'team-a' }).waitFor();
    });

    it('shows an edit with an error at its line, and what stays in force', async () => {
      await client.writeConfigMap({ ...configuration(), 'expiring-threshold': 'soon' });
      const { page } = await openWindow(browser, url);
      await page.getByText('The latest edit is refused').waitFor();
      await page.locator('.line', { hasText: 'expiring-threshold' }).locator('.problem.error').waitFor();
      await page.getByRole('heading', { level: 1, name: /last good configuration/ }).waitFor();
    });

    it('shows trouble of the cloud: which credential, why, and what to do; the reason of a failed try is on its tick', async () => {
      cloud.faults.add({
        match: { instanceId: demoNames.otherRegionInstanceId },
        effect: { kind: 'error', status: 403, code: 'NoPermission', message: 'not authorized' },
      });
      await client.writeConfigMap({
        ...configuration(),
        'acr-registry-info': `${registries}- instanceId: ${demoNames.otherRegionInstanceId}\n  regionId: ${demoNames.otherRegionId}\n`,
      });
      const { page } = await openWindow(browser, url);
      await page.getByRole('heading', { level: 1, name: /There is no credential of/ }).waitFor();
      const tick = page.locator('button.tick.failed').first();
      await tick.focus();
      await tick.locator('.tip', { hasText: 'NoPermission' }).waitFor();
      await assertSound(url, 'trouble', (shown) => shown.locator('button.tick.failed').first().waitFor());
    });

    it('holds no secret, neither in the page nor in its answers', async () => {
      const { page } = await openWindow(browser, url);
      await page.getByText('customAccessKeySecret').first().waitFor();
      const answers = await Promise.all(
        ['', 'api/status', 'api/status?namespaces=all', 'api/page'].map(async (path) =>
          (await fetch(`${url}${path}`)).text(),
        ),
      );
      const tokens = Object.values(JSON.parse((await client.dockerConfig('shop')) ?? '{}') as object);
      const texts = [await page.content(), ...answers];
      for (const text of texts) {
        assert.ok(text.length > 100);
        for (const secret of [canary.secret, ...secretsIn(tokens)]) assert.ok(!text.includes(secret));
      }
    });
  });

  describe('of a cluster with 10,000 namespaces', () => {
    let ops: OpsServer;
    let url: string;

    before(() => serve(0));

    after(() => ops?.close());

    async function serve(port: number): Promise<void> {
      const now = Date.now();
      const status = syntheticStatus({ namespaces: 10_000, sources: 12, troubleEvery: 9, now });
      const answers = (everything: boolean) => Promise.resolve(status(everything));
      ops = await startOpsServer({
        address: { host: '127.0.0.1', port },
        metrics: new Metrics(),
        alive: () => [],
        ready: () => [],
        status: answers,
        pages: createConsole({
          status: () => answers(false),
          statusAtOnce: () => answers(false),
          history: { since: () => ({ samples: [], attempts: [] }) },
          configuration: { read: () => ({}) },
          folder: pathToFileURL(join(repositoryRoot(), 'dist', 'console/')),
        }),
      });
      url = `${ops.url}/`;
    }

    it('draws few of many rows, and comes to the last one by the keyboard', async () => {
      const { page } = await openWindow(browser, url);
      await page.getByRole('heading', { level: 1, name: /1111 of 10000 namespaces cannot pull/ }).waitFor();
      await page.getByRole('button', { name: 'Show all 10,000' }).press('Enter');
      await page.getByText('10,000 namespaces by name.').waitFor();
      await page.getByRole('region', { name: 'Namespaces', exact: true }).press('End');
      await page.getByRole('rowheader', { name: 'team-09999-production' }).waitFor();
      assert.ok((await page.getByRole('rowheader').count()) < 200);
    });

    // One look: axe takes its time over so many rows, and the rows look as those of the other pages.
    it('is sound', async () => {
      const show = (page: Page) => page.getByText('Show all 10,000').waitFor();
      await assertSound(url, 'ten-thousand', show, looks.slice(0, 1));
    });

    it('says since when it has heard nothing, and is live again by itself', async () => {
      const { page } = await openWindow(browser, url);
      await page.getByText('live', { exact: true }).waitFor();
      await ops.close();
      await page.getByText('no answer since').waitFor();
      await serve(Number(new URL(url).port));
      await page.getByText('live', { exact: true }).waitFor();
    });
  });
});

const registries = [
  `- instanceId: ${demoNames.instanceId}`,
  `  regionId: ${demoNames.regionId}`,
  '  domains: a.io',
  `- instanceId: ${demoNames.instanceId}`,
  `  regionId: ${demoNames.regionId}`,
  '  domains: b.io',
  `  customAccessKey: ${canary.id}`,
  `  customAccessKeySecret: ${canary.secret}`,
  '',
].join('\n');

function configuration(): Readonly<Record<string, string>> {
  return { 'watch-namespace': 'shop,team-*', 'service-account': '*', 'acr-registry-info': registries };
}

function worldWithCanary(): ReturnType<typeof createDemoWorld> {
  const world = createDemoWorld({});
  const user = {
    accountId: demoNames.accountId,
    name: 'canary',
    accessKeys: [{ ...canary, active: true }],
    allowedActions: ['cr:*'],
  };
  return { ...world, users: [...world.users, user] };
}

/** Passwords of a docker config, and what a browser would have to show to give one away. */
function secretsIn(auths: readonly unknown[]): readonly string[] {
  return auths.flatMap((hosts) =>
    Object.values(hosts as Readonly<Record<string, { readonly auth: string }>>).flatMap(({ auth }) => [
      auth,
      Buffer.from(auth, 'base64').toString('utf8').split(':').slice(1).join(':'),
    ]),
  );
}

/** For people, where somebody asks for them: STATUS_PAGE_SCREENSHOTS=FOLDER. */
async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['STATUS_PAGE_SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
