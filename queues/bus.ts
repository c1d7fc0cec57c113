import type { Failure } from '../common/domain/failure.ts';
import type { Urgency } from '../common/domain/urgency.ts';
import type { MessageData, MessageName } from './catalog.ts';

/**
 * How messages travel: in memory, or through Redis with BullMQ. Both keep the promises of
 * `tests/contracts/bus.contract.ts`; nothing else in the program knows which one it runs on.
 */
export type Bus = {
  /**
   * Puts messages on their queue. A key that already waits is not added again, but takes the newest data, becomes as urgent as
   * this asks, and is woken when it waits out a back-off. A key that is being handled is handled once more afterwards.
   *
   * Rejects with `setting-invalid` when one of the messages does not fit the catalog (then none is published), and with
   * `redis-unreachable` when Redis does not answer for two seconds (then some may be published: publish them again).
   */
  publish<N extends MessageName>(name: N, messages: readonly Message<N>[]): Promise<void>;

  /**
   * Starts handling the messages of one name (of one `queue`, where the name has several).
   * The most urgent message goes first; once in `turnsUntilTheLessUrgent` turns a less urgent one does, so that none waits for ever.
   */
  consume<N extends MessageName>(name: N, options: ConsumeOptions<N>): Promise<Consumer>;

  /**
   * One row for each queue that was published to or consumed from, over Redis by any process; a pool that nobody consumes any more
   * has one until it is empty. Rejects with `redis-unreachable`.
   */
  depths(): Promise<readonly QueueDepth[]>;

  /** Stops consumers, waits for what is being handled (at most 10 s), closes connections. */
  close(): Promise<void>;
};

export type Message<N extends MessageName> = { readonly data: MessageData<N>; readonly urgency: Urgency };

export type ConsumeOptions<N extends MessageName> = {
  readonly handle: Handler<N>;
  /** Which queue, for messages with a queue per pool: `fetch.<pool>`. */
  readonly queue?: string;
  /** Messages at once; the catalog's number unless given. */
  readonly concurrency?: number;
};

/**
 * Handles one message. Returning ends it; `againAfterSeconds` brings it back later, or earlier when it is published again.
 * A thrown `Failure` decides by its reaction: `retry` waits with full jitter, `retry-after` as long as it says,
 * `read-again` comes back at once (with back-off from the third time on), `retry-slowly` after minutes, `give-up` ends the message.
 */
export type Handler<N extends MessageName> = (delivery: Delivery<N>) => Promise<HandlerResult>;

export type HandlerResult = void | { readonly againAfterSeconds: number };

export type Delivery<N extends MessageName> = {
  readonly data: MessageData<N>;
  readonly urgency: Urgency;
  /** 1 for the first delivery, one more after each failure; 1 again after a success, or after a publish while it was handled. */
  readonly attempt: number;
  /** Aborted when the consumer closes, and when the message had to be given to another process. */
  readonly signal: AbortSignal;
};

export type Consumer = {
  /** Takes no further message; waits for those being handled (at most 10 s). What waits stays for another consumer. */
  close(): Promise<void>;
};

export type QueueDepth = {
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
  /** Waiting out a back-off. */
  readonly delayed: number;
  /**
   * Age in seconds of the oldest message that waits or is delayed; 0 when there is none. Counted from its first publish that is
   * not handled yet. In Redis the oldest of a few hundred where more wait.
   */
  readonly oldestAgeSeconds: number;
};

/** What a bus tells about its work, for logs and metrics. */
export type BusObserver = {
  handled?(name: MessageName, queue: string, seconds: number): void;
  failed?(name: MessageName, key: string, failure: Failure, retryInSeconds: number | undefined): void;
  /** A message in the queue that does not fit the catalog: dropped. The problem names fields, never their values. */
  rejected?(name: MessageName, problem: string): void;
  /** Once when a connection is lost, however often it is tried again, and once when all work again. */
  connection?(state: 'lost' | 'restored', problem: string): void;
  /** Something that should not happen inside the bus, which goes on: a lock that was lost, a command that Redis refused. */
  troubled?(queue: string, problem: string): void;
};
