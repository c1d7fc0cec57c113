import * as z from 'zod';

/**
 * EVERY message: which queue carries it, what it holds, which key it is one-at-a-time by, and its limits.
 *
 * A message is a name; the state is looked up by whoever handles it. It may come late, twice or merged with another and is
 * still right. No message holds a credential: job data is plain text and shown by queue browsers.
 *
 * To change a shape, keep accepting the old one: messages of the version before are in the queue during an upgrade
 * (`catalog.test.ts` holds examples that must parse for ever).
 */
export const catalog = {
  /** Make one namespace match the configuration. Sent by the watcher and by the fan-out, handled by the writer. */
  'namespace.sync': define({
    shape: z.object({ namespace: name(63), cause: z.enum(['namespace', 'account', 'secret', 'fan-out', 'sweep']) }),
    queue: () => 'namespaces',
    key: ({ namespace }) => namespace,
    concurrency: 64,
    retry: { firstSeconds: 0.2, maxSeconds: 60 },
  }),

  /** Name every namespace that a change concerns. Sent by the watcher, the fetcher and the sweep, handled by the writer. */
  'namespace.sync-all': define({
    shape: z.object({ cause: z.enum(['configuration', 'credential', 'observed', 'sweep']) }),
    queue: () => 'fan-out',
    key: () => 'all',
    concurrency: 1,
    retry: { firstSeconds: 0.2, maxSeconds: 10 },
  }),

  /** Look at one part of the namespaces, in case that something was missed. Sent by a tick, handled by the writer. */
  'namespace.sweep': define({
    shape: z.object({ part: z.number().int().min(0).max(999) }),
    queue: () => 'sweep',
    key: () => 'sweep',
    concurrency: 1,
    retry: { firstSeconds: 1, maxSeconds: 30 },
  }),

  /** Look whether a pod that hangs would pull if it were made anew, and evict it. Sent by the watcher, handled by the writer. */
  'pod.repair': define({
    shape: z.object({ namespace: name(63), pod: name(253) }),
    queue: () => 'repairs',
    key: ({ namespace, pod }) => `${namespace}/${pod}`,
    concurrency: 1,
    retry: { firstSeconds: 1, maxSeconds: 60 },
  }),

  /** Take back what our own Secrets still hold, then have the rest fetched. Sent by the watcher, handled by the writer. */
  'credential.restore': define({
    shape: z.object({ cause: z.enum(['configuration', 'observed']) }),
    queue: () => 'restore',
    key: () => 'restore',
    concurrency: 1,
    retry: { firstSeconds: 0.2, maxSeconds: 10 },
  }),

  /** A Secret that sources depend on was changed. Sent by the watcher, handled by the fetcher. */
  'credential.refresh': define({
    shape: z.object({ secretName: name(253) }),
    queue: () => 'refresh',
    key: ({ secretName }) => secretName,
    concurrency: 1,
    retry: { firstSeconds: 0.2, maxSeconds: 10 },
  }),

  /** Look which credentials are due and ask for them. Sent by the watcher and a tick, handled by the fetcher. */
  'credential.renew-due': define({
    shape: z.object({ cause: z.enum(['configuration', 'observed', 'secret', 'tick']) }),
    queue: () => 'renewals',
    key: () => 'renewer',
    concurrency: 1,
    retry: { firstSeconds: 0.2, maxSeconds: 10 },
  }),

  /** Fetch one credential. Sent by the renewer, handled by the fetchers of the pool, which is a region and an account. */
  'credential.fetch': define({
    shape: z.object({
      pool: z
        .string()
        .regex(/^[a-z0-9.-]+$/)
        .max(120),
      sourceId: name(64),
    }),
    queue: ({ pool }) => `fetch.${pool}`,
    key: ({ sourceId }) => sourceId,
    concurrency: 4,
    retry: { firstSeconds: 1, maxSeconds: 60 },
  }),

  /**
   * Keep what the API server is told about admission in step with the configuration. Sent by the watcher and by the fan-out, handled
   * by the writer.
   */
  'admission.register': define({
    shape: z.object({ cause: z.enum(['configuration', 'fan-out', 'watch']) }),
    queue: () => 'registration',
    key: () => 'admission',
    concurrency: 1,
    retry: { firstSeconds: 0.5, maxSeconds: 30 },
  }),
};

export type MessageName = keyof typeof catalog;

/** What a message of this name holds. */
export type MessageData<N extends MessageName> = z.output<(typeof catalog)[N]['shape']>;

/** What the bus needs to know about one kind of message. */
export type MessageDefinition<Shape extends z.ZodType = z.ZodType> = {
  readonly shape: Shape;
  readonly queue: (data: z.output<Shape>) => string;
  /** At most one message of a key is handled at a time, and at most one more waits. */
  readonly key: (data: z.output<Shape>) => string;
  /** Messages handled at once by one process. */
  readonly concurrency: number;
  /** Bounds of the full-jitter back-off after a failure that says `retry`. */
  readonly retry: { readonly firstSeconds: number; readonly maxSeconds: number };
};

/** The catalog's entry, typed by the name. */
export function definitionOf<N extends MessageName>(messageName: N): MessageDefinition<(typeof catalog)[N]['shape']> {
  return catalog[messageName];
}

function define<Shape extends z.ZodType>(definition: MessageDefinition<Shape>): MessageDefinition<Shape> {
  return definition;
}

function name(lengthMax: number): z.ZodString {
  return z.string().min(1).max(lengthMax);
}
