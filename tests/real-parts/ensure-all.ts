import { ensureChromium } from './ensure-chromium.ts';
import { ensureControlPlane } from './ensure-control-plane.ts';
import { ensureCrane } from './ensure-crane.ts';
import { ensureHelm } from './ensure-helm.ts';
import { ensurePrometheus } from './ensure-prometheus.ts';
import { ensureRedis } from './ensure-redis.ts';
import { ensureRegistry } from './ensure-registry.ts';

/**
 * Makes every real part ready that the tests need, so that no single test pays for it.
 *
 * @throws AggregateError with one message per part that cannot be had.
 */
export async function ensureAll(): Promise<void> {
  const results = await Promise.allSettled([ensureGoBuiltParts(), ensureDebianParts(), ensureRegistry()]);
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (reasons.length > 0) throw new AggregateError(reasons, 'some real parts of the tests are missing');
}

/** One after the other: each build uses every core, and together they would only take longer to fail. */
async function ensureGoBuiltParts(): Promise<void> {
  await ensureCrane();
  await ensureControlPlane();
  await ensureHelm();
}

/** One installation at a time: apt's own lock would make the second one wait. */
async function ensureDebianParts(): Promise<void> {
  await ensureRedis();
  await ensurePrometheus();
  await ensureChromium();
}
