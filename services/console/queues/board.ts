import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createBullBoard } from '@bull-board/api';
import { HonoAdapter } from '@bull-board/hono';
import { getRequestListener } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { resolveRegistries } from '../../../common/domain/credentials/resolve-registries.ts';
import { toFailure } from '../../../common/domain/failure.ts';
import { fixedQueues, queueOfPool } from '../../../queues/queue-of-consumer.ts';
import type { QueueBrowserTools } from '../console-tools.ts';
import { ViewedQueue } from './viewed-queue.ts';

/** Answers a request below `/queues/`, with the headers that the response has already. */
export type Board = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * bull-board over the queues of the catalog, one for each pool of the configuration in force, and pools of before that hold messages.
 * `folder`: its files.
 */
export function createBoard({ viewer, configurations }: QueueBrowserTools, folder: URL): Board {
  const files = fileURLToPath(folder);
  const adapter = new HonoAdapter(serveStatic);
  let known = fixedQueues().map((name) => new ViewedQueue(name, viewer));
  const { replaceQueues } = createBullBoard({
    queues: known,
    serverAdapter: adapter,
    options: { uiBasePath: files, uiConfig },
  });
  adapter.setBasePath('/queues').setViewsPath(files).setStaticPath('/static', `${files}static`);
  adapter.setErrorHandler((error) => ({ status: 500, body: { error: toFailure(error).message } }));
  const app = new Hono({ strict: false }).route('/queues', adapter.registerPlugin());
  // Else it would replace Request and Response of the whole process by its own.
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });

  const followPools = async (): Promise<void> => {
    const inForce = await configurations.read();
    const sources = inForce === undefined ? [] : [...resolveRegistries(inForce).sources.values()];
    const fixed = fixedQueues();
    const others = [...sources.map(({ pool }) => queueOfPool(pool)), ...(await viewer.queues())];
    const pools = new Set(others.filter((name) => !fixed.includes(name)));
    const names = [...fixed, ...[...pools].toSorted()];
    if (names.join() === known.map((queue) => queue.getName()).join()) return;
    known = names.map((name) => new ViewedQueue(name, viewer));
    replaceQueues(known);
  };

  return async (request, response) => {
    // While the store is away the queues stay those that are known, and the answer says why they cannot be read.
    if (request.url?.startsWith('/queues/api/') === true) await followPools().catch(() => undefined);
    await answer(request, response);
  };
}

const uiConfig = {
  boardTitle: 'acr-credential-helper',
  favIcon: { default: 'static/images/logo.svg', alternative: 'static/favicon-32x32.png' },
  miscLinks: [{ text: 'Status page', url: '../' }],
  hideDocsLink: true,
  // Without INFO, which some providers forbid, its page would go blank.
  hideRedisDetails: true,
  // For people, who look now and then: every look costs Redis something.
  pollingInterval: { showSetting: false, forceInterval: 5 },
  // Would be a CLIENT LIST for each queue, every time.
  showWorkers: false,
  showMetrics: false,
};
