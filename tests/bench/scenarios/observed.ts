import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { startAlibabaCloudSimulator } from '../../../deploy/simulators/alibaba-cloud/start.ts';
import { startBrowser } from '../../fixtures/browser.ts';
import { waitUntil } from '../../real-parts/wait-until.ts';
import { openBigCluster, untilServed, type BigCluster } from '../big-cluster.ts';
import { modes, startDeployment, type Mode } from '../deployment.ts';
import { benchAccounts, benchRegion, benchWorld } from '../pools-world.ts';
import type { Row, Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { median, percentile } from '../statistics.ts';

/** What it costs to look: 10,000 × 5 with fifty sources in ten pools, one for every two hundred namespaces. */
export const observed: Scenario = {
  name: 'observed',
  does: '10,000 × 5 with 50 sources: a scrape of the metrics, the first view of the status page',
  async run(stage) {
    const cloud = await startAlibabaCloudSimulator({ world: benchWorld(accounts, 3600) });
    const cluster = await openBigCluster(stage.folder, { 'acr-registry-info': fiftyRegistries() });
    try {
      const rows: Row[] = [];
      for (const mode of modes) {
        console.error(`  ${mode}: first start …`);
        rows.push(...(await measure(stage, cluster, cloud.url, mode)));
        await cluster.reset();
      }
      return rows;
    } finally {
      await cluster.close();
      await cloud.stop();
    }
  },
};

const accounts = benchAccounts(10, 5);

/** The namespaces are `bench-00000` to `bench-09999`. */
function fiftyRegistries(): string {
  const entries = accounts.flatMap(({ accessKey, instanceIds }) =>
    instanceIds.map((instanceId) => ({
      instanceId,
      regionId: benchRegion,
      domains: `${instanceId}-registry.${benchRegion}.cr.aliyuncs.com`,
      customAccessKey: accessKey.id,
      customAccessKeySecret: accessKey.secret,
    })),
  );
  const part = (index: number): string => `bench-0${String(index).padStart(2, '0')}*`;
  return JSON.stringify(
    entries.map((entry, index) => ({ ...entry, namespaces: `${part(2 * index)},${part(2 * index + 1)}` })),
  );
}

async function measure(stage: Stage, cluster: BigCluster, cloudUrl: string, mode: Mode): Promise<readonly Row[]> {
  const { redis, sealKeyFile, options } = stage;
  const { program } = options;
  const { kubeconfigPath } = cluster;
  await redis.flush();
  const deployment = startDeployment({ mode, program, kubeconfigPath, cloudUrl, redisUrl: redis.url, sealKeyFile });
  try {
    await untilServed(cluster, deployment);
    const urls = await deployment.opsUrls();
    // People look at a cluster that runs for a while.
    await sleep(60_000);
    const views = await viewThrice(urls[0] ?? '');
    const scrapes = [];
    for (const url of urls) scrapes.push(await scrape(url));
    const slowest = Math.max(...scrapes.map(({ milliseconds }) => milliseconds));
    const most = Math.max(...scrapes.map(({ series }) => series));
    const work = '10,000 × 5 with 50 sources';
    return [
      {
        work: `${work}: a scrape`,
        mode,
        measured: `${slowest.toFixed(1)} ms, ${most} series`,
        goal: '≤ 50 ms, ≤ 5,000 series',
      },
      {
        work: `${work}: the status page in Chromium, first view and next`,
        mode,
        measured: `${views.first.toFixed(0)} ms, ${views.next.toFixed(0)} ms`,
        goal: '≤ 200 ms',
      },
    ];
  } finally {
    await deployment.stop();
  }
}

/** The slowest of twenty. */
async function scrape(url: string): Promise<{ readonly milliseconds: number; readonly series: number }> {
  const times: number[] = [];
  let series = 0;
  for (let turn = 0; turn < 20; turn++) {
    const begun = performance.now();
    const text = await (await fetch(`${url}/metrics`)).text();
    times.push(performance.now() - begun);
    series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  }
  return { milliseconds: percentile(times, 100), series };
}

type Views = { readonly first: number; readonly next: number };

/** The median of three browsers, each of which has not seen the page before. */
async function viewThrice(url: string): Promise<Views> {
  const views = [await view(url), await view(url), await view(url)];
  return { first: median(views.map(({ first }) => first)), next: median(views.map(({ next }) => next)) };
}

/** ms from the address to a headline that can be read. */
async function view(url: string): Promise<Views> {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    await page.addInitScript(noteHeadline);
    // The first page of a browser pays for the browser's own start, the first text and picture among it.
    await page.goto(`${url}/healthz`);
    await page.setContent('<h1>A page that was looked at before</h1><canvas></canvas><table><tr><td>1</table>');
    const first = await headlineAfter(page, url);
    await page.goto(`${url}/healthz`);
    return { first, next: await headlineAfter(page, url) };
  } finally {
    await browser.close();
  }
}

async function headlineAfter(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/`, { waitUntil: 'commit' });
  // The page's policy forbids Playwright's own way to wait for a value.
  const seen = async (): Promise<number | undefined> =>
    (await page.evaluate<number | null>('globalThis.headlineAt')) ?? undefined;
  return waitUntil('the headline of the status page', 30, seen, 10);
}

/** Runs in the page: the time since the navigation began, when the frame with the headline has been made. */
const noteHeadline = `{
  const look = () => {
    if (document.querySelector('h1')?.textContent) {
      requestAnimationFrame(() => setTimeout(() => { globalThis.headlineAt = performance.now(); }));
      observer.disconnect();
    }
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true, characterData: true });
}`;
