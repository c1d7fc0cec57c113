import type { Dispatcher } from 'undici';

/** Takes an answer that goes on for minutes. After `ended` nothing follows. */
export type StreamSink = {
  /** The server took the request; nothing need follow for a while. */
  started(): void;
  data(chunk: Buffer): void;
  ended(end: StreamEnd): void;
};

/** `complete`: a good answer ended regularly. `refused`: a status that is not 2xx. `cut`: the connection broke, or never was. */
export type StreamEnd =
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly body: string;
    }
  | { readonly kind: 'cut'; readonly error: Error };

export type OpenStream = {
  /** Stops reading from the connection, so that the server waits. */
  pause(): void;
  resume(): void;
  /** Closes the connection; the sink gets `cut` with this error unless it ended before. */
  cut(error: Error): void;
};

/** Starts a request whose answer is handed over piece by piece. */
export function openStream(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions, sink: StreamSink): OpenStream {
  const handler = new StreamHandler(sink);
  dispatcher.dispatch(options, handler);
  return handler;
}

const maxErrorBytes = 64 * 1024;

class StreamHandler implements Dispatcher.DispatchHandler, OpenStream {
  readonly #sink: StreamSink;
  #controller: Dispatcher.DispatchController | undefined;
  #ended = false;
  #status = 0;
  #retryAfter: string | undefined;
  #errorChunks: Buffer[] = [];
  #errorBytes = 0;
  #cutBy: Error | undefined;

  constructor(sink: StreamSink) {
    this.#sink = sink;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#cutBy !== undefined) controller.abort(this.#cutBy);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Readonly<Record<string, unknown>>): void {
    this.#status = status;
    const retryAfter = headers['retry-after'];
    this.#retryAfter = typeof retryAfter === 'string' ? retryAfter : undefined;
    if (this.#isGood() && !this.#ended) this.#sink.started();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return;
    if (this.#isGood()) {
      this.#sink.data(chunk);
      return;
    }
    this.#errorBytes += chunk.length;
    if (this.#errorBytes > maxErrorBytes) controller.abort(new Error('the error answer is too large'));
    else this.#errorChunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isGood()) this.#end({ kind: 'complete' });
    else {
      const body = Buffer.concat(this.#errorChunks).toString('utf8');
      this.#end({ kind: 'refused', status: this.#status, retryAfter: this.#retryAfter, body });
    }
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end({ kind: 'cut', error: this.#cutBy ?? error });
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  cut(error: Error): void {
    this.#cutBy ??= error;
    this.#controller?.abort(error);
    // A request that waits for its connection has no controller yet: its end must not wait for the connection.
    this.#end({ kind: 'cut', error });
  }

  #isGood(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  #end(end: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sink.ended(end);
  }
}
