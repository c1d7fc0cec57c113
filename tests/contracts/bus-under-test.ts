import { Failure, type Reaction } from '../../common/domain/failure.ts';
import type { Tracer } from '../../common/domain/tracing/tracer.ts';
import type { Urgency } from '../../common/domain/urgency.ts';
import type { Bus, BusObserver, Message } from '../../queues/bus.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import { createProbe, type Probe } from './bus-probe.ts';

/** Opens a bus on queues that nobody used before. */
export type BusFactory = (observer: BusObserver, tracer?: Tracer) => Promise<Bus>;

type Cause = 'sweep' | 'account' | 'secret';

/** A bus for each test of a `describe`, and short words for what the tests do with it. */
export type BusUnderTest = {
  readonly bus: () => Bus;
  /** What the observer was told about failures. */
  readonly failures: () => readonly {
    readonly key: string;
    readonly code: string;
    readonly retryInSeconds: number | undefined;
  }[];
  readonly publish: (namespace: string, urgency?: Urgency, cause?: Cause) => Promise<void>;
  readonly consume: (concurrency?: number) => Promise<Probe<'namespace.sync'>>;
  readonly untilDelayed: (count: number) => Promise<void>;
};

export function busForEachTest(open: BusFactory): BusUnderTest {
  let bus: Bus;
  let failures: { key: string; code: string; retryInSeconds: number | undefined }[];

  beforeEach(async () => {
    failures = [];
    bus = await open({
      failed: (_name, key, { code }, retryInSeconds) => void failures.push({ key, code, retryInSeconds }),
    });
  });
  afterEach(() => bus.close());

  return {
    bus: () => bus,
    failures: () => failures,
    publish: (namespace, urgency, cause) => bus.publish('namespace.sync', [sync(namespace, urgency, cause)]),
    consume: async (concurrency = 1) => {
      const probe = createProbe<'namespace.sync'>();
      await bus.consume('namespace.sync', { handle: probe.handle, concurrency });
      return probe;
    },
    untilDelayed: async (count) => {
      await waitUntil(`${String(count)} delayed`, 5, async () => {
        const rows = await bus.depths();
        return rows.some(({ delayed }) => delayed === count) ? true : undefined;
      });
    },
  };
}

export function sync(
  namespace: string,
  urgency: Urgency = 'periodic',
  cause: Cause = 'sweep',
): Message<'namespace.sync'> {
  return { data: { namespace, cause }, urgency };
}

/** A failure with this reaction. */
export function failure(reaction: Reaction): Failure {
  if (reaction.kind === 'retry-after')
    return new Failure('cloud-throttled', 'slow down', { retryAfterSeconds: reaction.seconds });
  const code = {
    retry: 'kubernetes-unreachable',
    'read-again': 'kubernetes-conflict',
    'retry-slowly': 'kubernetes-forbidden',
    'give-up': 'kubernetes-namespace-terminating',
  } as const;
  return new Failure(code[reaction.kind], `a failure that says ${reaction.kind}`);
}
