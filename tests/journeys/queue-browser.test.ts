import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { fixedQueues } from '../../queues/queue-of-consumer.ts';
import { accessibilityProblems, openWindow, startBrowser, type Window, type WindowLook } from '../fixtures/browser.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { startHelper } from '../fixtures/credential-journey.ts';
import { startEmbeddedCluster, type EmbeddedCluster } from '../fixtures/embedded-cluster.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const canary = { id: 'LTAI5tCanaryQueue000001', secret: 'canary-Lq7x3YtRnv52cWmTz9Pd' };
const redisPassword = 'canary-redis-Hk4wZp';

/** A helper with Redis. One registry of two gives no token, and one namespace of two takes no Secret: it is tried again and again. */
describe('the queue browser in a browser', function () {
  this.timeout(120_000);
  let browser: Browser;
  let redis: RedisServer;
  let cluster: EmbeddedCluster;
  let cloud: AlibabaCloudSimulator;
  let helper: HelperProcess;
  let url: string;

  before(async () => {
    [browser, redis, cluster, cloud] = await Promise.all([
      startBrowser(),
      startRedis({ password: redisPassword }),
      startEmbeddedCluster(),
      startAlibabaCloudSimulator({ world: createDemoWorld({}) }),
    ]);
    cloud.faults.add({
      match: { instanceId: demoNames.otherRegionInstanceId },
      effect: { kind: 'error', status: 500, code: 'InternalError', message: 'try again' },
    });
    const client = new ClusterClient(cluster);
    cluster.control.fault({
      match: { resource: 'secrets', namespace: 'stuck' },
      times: Infinity,
      effect: { type: 'status', code: 500 },
    });
    for (const name of ['shop', 'stuck']) await client.createNamespace(name);
    await client.writeConfigMap({ 'watch-namespace': '*', 'service-account': '*', 'acr-registry-info': registries });
    helper = startHelper({ controlPlane: cluster, cloud, redisUrl: redis.url });
    url = `${await helper.opsUrl()}/queues/`;
    await client.untilServed('shop');
  });

  after(async () => {
    await helper?.stop();
    await Promise.all([browser?.close(), redis?.stop(), cluster?.stop(), cloud?.stop()]);
  });

  /** Its id; it stays the same one until it succeeds. */
  const stuckMessage = (): Promise<string> =>
    waitUntil('the namespace to have been tried three times', 30, async () => {
      const all = await queuesOf(`${url}api/queues?activeQueue=namespaces`);
      const messages = all.flatMap(({ jobs }) => jobs);
      return messages.find(({ deduplicationId, attempts }) => deduplicationId === 'stuck' && attempts >= 3)?.id;
    });

  it('the status page leads to it', async () => {
    const { page } = await open('..', 'Look at single messages');
    await page.getByRole('link', { name: 'Look at single messages' }).click();
    await page.waitForURL(url);
    await page.context().close();
  });

  it('shows every queue of the catalog, and one for each pool', async () => {
    const pool = await waitUntil('the pool of the second region', 30, async () =>
      (await queuesOf(`${url}api/queues`)).find(({ name }) => name.startsWith(`fetch.${demoNames.otherRegionId}.`)),
    );
    const { page } = await open('', 'namespaces');
    for (const name of [...fixedQueues(), pool.name]) await page.getByText(name, { exact: true }).first().waitFor();
    await keepScreenshot(page, 'queues');
    await page.context().close();
  });

  it('shows a message that waits for its next try: its key, its attempts, the code of its failure', async () => {
    const { page } = await open('queue/namespaces', 'namespace.sync');
    await page.getByText('kubernetes-error').first().waitFor();
    await page
      .getByText(/attempt #\d/)
      .first()
      .waitFor();
    await page.getByText('dedup stuck').first().waitFor();
    await keepScreenshot(page, 'queue');
    await page.context().close();
  });

  it('has nothing to press that changes anything, asks nobody but the helper, and the browser has nothing to complain of', async () => {
    for (const [path, text] of await pages()) {
      const { page, requests, complaints } = await open(path, text);
      await assertNothingToChange(page);
      await keepScreenshot(page, `page-${path.replaceAll('/', '-')}`);
      assert.deepEqual(complaints.filter(isSerious), [], path);
      const elsewhere = requests.filter((asked) => new URL(asked).origin !== new URL(url).origin);
      assert.deepEqual(
        elsewhere.filter((asked) => !/^(data|blob):/.test(asked)),
        [],
        path,
      );
      await page.context().close();
    }
  });

  it('has a name for everything that can be pressed, enough contrast, and all else that axe looks for', async () => {
    for (const [path, text] of await pages()) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page } = await open(path, text, { colorScheme });
        await page.locator('h1').first().waitFor({ state: 'attached' });
        assert.deepEqual(await accessibilityProblems(page), [], `${path} ${colorScheme}`);
        await page.context().close();
      }
    }
  });

  it('serves no secret, no address of Redis and no stack', async () => {
    const texts: string[] = [];
    for (const [path, text] of await pages()) {
      const { page, requests } = await open(path, text);
      texts.push(await page.content());
      const asked = requests.filter((address) => address.includes('/queues/api/'));
      for (const address of asked) texts.push(await (await fetch(address)).text());
      await page.context().close();
    }
    assert.ok(texts.length > 6);
    for (const text of texts)
      for (const secret of [canary.secret, redisPassword, 'redis://', 'node_modules', '.ts:'])
        assert.ok(!text.includes(secret), `${secret} in ${text.slice(0, 200)}`);
  });

  /** Each kind of page, with what it shows when it is complete. */
  async function pages(): Promise<readonly (readonly [path: string, text: string])[]> {
    const id = await stuckMessage();
    return [
      ['', '0 Jobs'],
      ['queue/namespaces', 'namespace.sync'],
      [`queue/namespaces/${id}`, 'jobData'],
    ];
  }

  /** Opens a page and waits for a text in it. Chromium gives requests up when the machine's networks change: then once more. */
  async function open(path: string, text: string, look: WindowLook = {}): Promise<Window> {
    for (let left = 2; ; left--) {
      const window = await openWindow(browser, new URL(path, url).href, look);
      const failure = await window.page
        .getByText(text)
        .first()
        .waitFor()
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      const wasCutOff = window.complaints.some((complaint) => complaint.includes('ERR_NETWORK_CHANGED'));
      if (failure === undefined && !wasCutOff) return window;
      await window.page.context().close();
      if (!wasCutOff || left === 0) throw failure ?? new Error(`the machine's networks change all the time: ${path}`);
    }
  }
});

/** That a part of bull-board was loaded ahead and is not needed yet is none of our business. */
function isSerious(complaint: string): boolean {
  return !complaint.includes('was preloaded');
}

/** Everything that can be pressed is known, by what it says, or by its picture where it says nothing. */
async function assertNothingToChange(page: Page): Promise<void> {
  const buttons = await page.evaluate<readonly string[]>(`
    [...document.querySelectorAll('button, input, select, textarea, [role=button], [role=menuitem]')].map((one) =>
      one.textContent || one.getAttribute('aria-label') || one.placeholder || one.querySelector('svg')?.classList[1] || '')`);
  assert.ok(buttons.length > 5);
  assert.deepEqual(
    buttons.filter((button) => !harmless.test(button)),
    [],
  );
  const menus = page.locator('main button:has(svg.lucide-ellipsis-vertical)');
  if ((await menus.count()) === 0) return;
  // For anybody who may change queues each of them would have one too.
  assert.equal(await menus.count(), 1);
  await menus.click();
  await page.getByRole('menuitem', { name: 'Sort by' }).waitFor();
  assert.deepEqual(await page.getByRole('menu').first().getByRole('menuitem').allTextContents(), ['Sort by']);
}

const harmless =
  /^(Collapse sidebar|Queue info|\d+ Jobs?|Filter queues|Data|Progress|Options|Logs|Error|collapse JSON|Full screen|Settings of this page|Links|More|Copy)$/;

type SeenQueue = {
  readonly name: string;
  readonly jobs: readonly { readonly id: string; readonly deduplicationId?: string; readonly attempts: number }[];
};

async function queuesOf(address: string): Promise<readonly SeenQueue[]> {
  return ((await (await fetch(address)).json()) as { readonly queues: readonly SeenQueue[] }).queues;
}

const registries = [
  `- instanceId: ${demoNames.instanceId}`,
  `  regionId: ${demoNames.regionId}`,
  '  domains: a.io',
  `- instanceId: ${demoNames.otherRegionInstanceId}`,
  `  regionId: ${demoNames.otherRegionId}`,
  '  domains: b.io',
  `  customAccessKey: ${canary.id}`,
  `  customAccessKeySecret: ${canary.secret}`,
  '',
].join('\n');

/** For people, where somebody asks for them: STATUS_PAGE_SCREENSHOTS=FOLDER. */
async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['STATUS_PAGE_SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `queues-${name}.png`) });
}
