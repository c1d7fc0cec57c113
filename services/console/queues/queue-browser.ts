import type { IncomingMessage, ServerResponse } from 'node:http';
import type { QueueBrowserTools } from '../console-tools.ts';
import { findPageFolder } from '../page-files.ts';
import type { Board } from './board.ts';

export type QueueBrowser = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Whether the path is one that the queue browser answers. */
export function isOfQueueBrowser(path: string): boolean {
  return path === '/queues' || path.startsWith('/queues/');
}

/**
 * The messages in the queues one by one, by bull-board: read-only, and loaded when somebody asks for the first time. Without `tools`,
 * as in standalone, it says why there is nothing to see. `folder`: where the files for the browser are, beside the program unless given.
 */
export function createQueueBrowser(tools: QueueBrowserTools | undefined, folder?: URL): QueueBrowser {
  let loading: Promise<Board | undefined> | undefined;
  let asking = 0;
  return async (request, response) => {
    const refusal = tools === undefined ? noQueues : refuse(request, asking);
    if (tools === undefined || refusal !== undefined) return respondText(response, refusal ?? noQueues);
    asking++;
    response.once('close', () => asking--);
    loading ??= loadBoard(tools, folder).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    const board = await loading;
    if (board === undefined) {
      loading = undefined;
      return respondText(response, notBuilt);
    }
    for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value);
    await board(request, response);
  };
}

type Refusal = {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const noQueues: Refusal = {
  status: 404,
  text: 'the queues of this process are in its memory, where there is nothing to browse: /queues/ is there with --redis-url. What waits: /\n',
};

const notBuilt: Refusal = { status: 404, text: 'the files of the queue browser are not there: run npm run build\n' };

/** Before bull-board sees it: whatever its next version may do, nothing but reading comes through. */
function refuse({ method, url = '/' }: IncomingMessage, asking: number): Refusal | undefined {
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, text: 'the queues can only be looked at\n', headers: { allow: 'GET, HEAD' } };
  // Its addresses are relative to the folder.
  if (url === '/queues') return { status: 308, text: 'see queues/\n', headers: { location: 'queues/' } };
  if (asking >= askingMax) return { status: 503, text: 'too many ask at once\n', headers: { 'retry-after': '5' } };
  return undefined;
}

/** A page of a browser asks for six files at a time. */
const askingMax = 32;

/** Scripts, styles, pictures and answers come from here and nowhere else; the page is in no frame and sends no form. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const safeHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
} as const;

async function loadBoard(tools: QueueBrowserTools, given: URL | undefined): Promise<Board | undefined> {
  const folder = await findPageFolder('queues/index.ejs', given);
  if (folder === undefined) return undefined;
  const { createBoard } = await import('./board.ts');
  return createBoard(tools, new URL('queues/', folder));
}

function respondText(response: ServerResponse, { status, text, headers = {} }: Refusal): void {
  response.writeHead(status, { ...safeHeaders, ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(text);
}
