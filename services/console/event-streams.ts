import type { ServerResponse } from 'node:http';
import type { ConsoleTools } from './console-tools.ts';

/**
 * The open pages. While there is one, everything is looked at every two seconds and sent where it changed; `alive` is sent where
 * nothing did, so that a page knows that it is not forgotten.
 */
export class EventStreams {
  readonly #tools: ConsoleTools;
  readonly #streams = new Map<ServerResponse, Sent>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(tools: ConsoleTools) {
    this.#tools = tools;
  }

  /** `since`: until when, in ms since the epoch, the page knows the history. Refuses with 503 where there are too many. */
  add(response: ServerResponse, since: number): void {
    if (this.#streams.size >= streamsMax) {
      response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '30' }).end('too many open pages\n');
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // Proxies of this kind gather what they pass on.
      'x-accel-buffering': 'no',
    });
    this.#streams.set(response, { since, status: '', configuration: '' });
    response.once('close', () => this.#drop(response));
    this.#timer ??= setInterval(() => void this.#look(), everyMs).unref();
    void this.#look();
  }

  #drop(response: ServerResponse): void {
    this.#streams.delete(response);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      // A status that cannot be read is sent by nobody: the page says since when it has heard nothing.
      const status = await this.#tools.status().catch(() => undefined);
      if (status === undefined) return;
      const lasting = JSON.stringify({ ...status, at: 0 });
      const text = JSON.stringify(status);
      const configuration = JSON.stringify(this.#tools.configuration.read());
      for (const [response, sent] of this.#streams) this.#send(response, sent, { lasting, text, configuration });
    } finally {
      this.#isLooking = false;
    }
  }

  #send(response: ServerResponse, sent: Sent, now: Looked): void {
    // Whoever does not read is not written to for ever.
    if (response.writableLength > unreadMax) {
      response.destroy();
      return;
    }
    const events: string[] = [];
    if (sent.status !== now.lasting) events.push(event('status', now.text));
    if (sent.configuration !== now.configuration) events.push(event('configuration', now.configuration));
    const history = this.#tools.history.since(sent.since);
    const noticed = [...history.samples.map(({ at }) => at), ...history.attempts.map(({ seenAt }) => seenAt)];
    const since = noticed.reduce((latest, at) => Math.max(latest, at), sent.since);
    if (noticed.length > 0) events.push(event('history', JSON.stringify(history), since));
    response.write(events.length > 0 ? events.join('') : event('alive', '{}'));
    this.#streams.set(response, { since, status: now.lasting, configuration: now.configuration });
  }
}

type Sent = { readonly since: number; readonly status: string; readonly configuration: string };
type Looked = { readonly lasting: string; readonly text: string; readonly configuration: string };

const everyMs = 2000;
const streamsMax = 16;
const unreadMax = 4_000_000;

/** JSON has no line breaks of its own. A browser that connects anew tells the last `id`. */
function event(name: string, data: string, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`;
}
