import { ensureControlPlane } from './ensure-control-plane.ts';
import { ensureCrane } from './ensure-crane.ts';
import { ensureRedis } from './ensure-redis.ts';
import { ensureRegistry } from './ensure-registry.ts';

/**
 * Makes every real part ready that the tests need, so that no single test pays for it.
 *
 * @throws AggregateError with one message per part that cannot be had.
 */
export async function ensureAll(): Promise<void> {
  const results = await Promise.allSettled([ensureGoBuiltParts(), ensureRedis(), ensureRegistry()]);
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (reasons.length > 0) throw new AggregateError(reasons, 'some real parts of the tests are missing');
}

/** Crane first: both builds use every core, and together they would only take longer to fail. */
async function ensureGoBuiltParts(): Promise<void> {
  await ensureCrane();
  await ensureControlPlane();
}
