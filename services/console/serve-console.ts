import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { toFailure } from '../../common/domain/failure.ts';
import type { ExtraPages } from '../../common/runtime/ops-server.ts';
import type { ConsoleTools } from './console-tools.ts';
import { EventStreams } from './event-streams.ts';
import { readPageFile } from './page-files.ts';
import { createQueueBrowser, isOfQueueBrowser } from './queues/queue-browser.ts';
import type { PageModel } from './view/page-model.ts';

/**
 * The status page: `/`, its files, `/api/page` (all that it shows, as JSON with an ETag) and `/api/events` (what changes, as
 * Server-Sent Events), and the queue browser. Read-only, and nothing in it is a secret.
 */
export function createConsole(tools: ConsoleTools): ExtraPages {
  const streams = new EventStreams(tools);
  const queueBrowser = createQueueBrowser(tools.queues, tools.folder);
  return async (request, response) => {
    const [path = '/', query] = (request.url ?? '/').split('?', 2);
    switch (path) {
      case '/':
        await servePage(response, { ...tools, status: tools.statusAtOnce });
        return true;
      case '/console/page.js':
      case '/console/page.css':
        await serveFile(path.slice('/console/'.length), request, response, tools);
        return true;
      case '/api/page':
        await serveModel(request, response, tools);
        return true;
      case '/api/events':
        streams.add(response, Number(request.headers['last-event-id'] ?? new URLSearchParams(query).get('since')) || 0);
        return true;
      default:
        if (!isOfQueueBrowser(path)) return false;
        await queueBrowser(request, response);
        return true;
    }
  };
}

/** Scripts, styles and answers come from here and nowhere else; the page is in no frame and sends no form. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What it shows first comes with it: nobody waits for a second answer. */
async function servePage(response: ServerResponse, tools: ConsoleTools): Promise<void> {
  const page = await readPageFile('index.html', tools.folder);
  if (page === undefined) return respondNotBuilt(response);
  const model = await readModel(tools).catch(() => null);
  // Inside an element of HTML "</script" would end it, wherever it stands.
  const json = JSON.stringify(model).replaceAll('<', String.raw`\u003c`);
  response
    .writeHead(200, {
      ...safeHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    })
    .end(page.toString('utf8').replace('{{MODEL}}', () => json));
}

async function readModel({ status, history, configuration, queues }: ConsoleTools): Promise<PageModel> {
  return {
    status: await status(),
    history: history.since(0),
    configuration: configuration.read(),
    hasQueueBrowser: queues !== undefined,
  };
}

async function serveFile(
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
  { folder }: ConsoleTools,
): Promise<void> {
  const content = await readPageFile(name, folder);
  if (content === undefined) return respondNotBuilt(response);
  const type = name.endsWith('.js') ? 'text/javascript' : 'text/css';
  respondTagged(request, response, content, `${type}; charset=utf-8`, content);
}

async function serveModel(request: IncomingMessage, response: ServerResponse, tools: ConsoleTools): Promise<void> {
  try {
    const model = await readModel(tools);
    // That time goes by is no change.
    const lasting = JSON.stringify({ ...model, status: { ...model.status, at: 0 } });
    respondTagged(request, response, `${JSON.stringify(model)}\n`, json, lasting);
  } catch (error) {
    const { message, code, hint } = toFailure(error);
    const text = `${JSON.stringify({ error: { code, message, hint } })}\n`;
    response.writeHead(503, { ...safeHeaders, 'content-type': json }).end(text);
  }
}

const json = 'application/json; charset=utf-8';

function respondTagged(
  request: IncomingMessage,
  response: ServerResponse,
  content: string | Buffer,
  type: string,
  lasting: string | Buffer,
): void {
  const etag = `"${createHash('sha256').update(lasting).digest('base64url').slice(0, 22)}"`;
  const headers = { ...safeHeaders, 'cache-control': 'no-cache', etag };
  if (request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
  else response.writeHead(200, { ...headers, 'content-type': type }).end(content);
}

const safeHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

function respondNotBuilt(response: ServerResponse): void {
  const text = 'the files of the status page are not there: run npm run build. The same as JSON: /api/status\n';
  response.writeHead(404, { ...safeHeaders, 'content-type': 'text/plain; charset=utf-8' }).end(text);
}
