import type { ControlPlane } from '../real-parts/control-plane.ts';
import { countRequests, parseRequestTotals, requestsBetween, type RequestTotal } from '../real-parts/request-totals.ts';
import { countAttached } from './attached-counter.ts';
import { startHelperProcess } from '../fixtures/helper-process.ts';
import type { Population } from './population.ts';

export type FirstStart = {
  /** From the start of the process until the last account was attached. */
  readonly seconds: number;
  /** From the first write to the last. */
  readonly writingSeconds: number;
  readonly peakMemoryMiB: number;
  readonly cpuSeconds: number;
  readonly requests: readonly RequestTotal[];
  readonly secretWrites: number;
  readonly accountPatches: number;
};

export type FirstStartOptions = {
  readonly controlPlane: ControlPlane;
  readonly population: Population;
  readonly cloudUrl: string;
  readonly moreArguments: readonly string[];
};

/** Starts a helper beside a cluster in which nothing is served, and measures until everything is. */
export async function measureFirstStart(options: FirstStartOptions): Promise<FirstStart> {
  const { controlPlane, population, cloudUrl, moreArguments } = options;
  const counter = await countAttached(controlPlane);
  const before = parseRequestTotals(await controlPlane.metrics());
  const helper = startHelperProcess(
    [
      '--kubeconfig',
      controlPlane.kubeconfigPath,
      '--openapi-endpoint',
      cloudUrl,
      '--ops-address',
      '127.0.0.1:0',
      ...moreArguments,
    ],
    { ALIBABA_CLOUD_IMDS_ENDPOINT: cloudUrl },
  );
  try {
    const accounts = population.namespaces.length * population.accountsPerNamespace;
    const { first, last } = await counter.until(accounts, 120);
    const requests = requestsBetween(before, parseRequestTotals(await controlPlane.metrics())).filter(({ resource }) =>
      ofInterest.has(resource),
    );
    return {
      seconds: (last - helper.startedAt) / 1000,
      writingSeconds: (last - first) / 1000,
      peakMemoryMiB: helper.peakMemory(),
      cpuSeconds: helper.cpuSeconds(),
      requests,
      secretWrites:
        countRequests(requests, { verb: 'APPLY', resource: 'secrets' }) +
        countRequests(requests, { verb: 'PATCH', resource: 'secrets' }),
      accountPatches: countRequests(requests, { verb: 'PATCH', resource: 'serviceaccounts' }),
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${helper.output().slice(-2000)}`, {
      cause: error,
    });
  } finally {
    await helper.stop();
    await counter.stop();
  }
}

const ofInterest: ReadonlySet<string> = new Set(['secrets', 'serviceaccounts', 'namespaces', 'configmaps', 'events']);
