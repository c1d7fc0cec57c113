import { setFlagsFromString } from 'node:v8';

/**
 * Has functions optimized later than V8 does by itself, which thinks of programs that compute without a pause. Most of our time
 * goes by in waiting, so compiling that early costs more than it gives: a first start of 500 × 4 takes 1.0 instead of 1.3 s of CPU
 * and 10 MiB less, and one of 2,000 × 4 as much as before. Whoever gives the flag to Node has its own way.
 */
export function optimizeLate(nodeArguments: readonly string[], v8Version: string): void {
  // Later versions count calls instead, and complain of the flag on standard error.
  const isKnown = Number.parseInt(v8Version, 10) === measuredMajor;
  const isGiven = nodeArguments.some((argument) => argument.startsWith('--interrupt-budget'));
  if (isKnown && !isGiven) setFlagsFromString(budget);
}

/**
 * Has the heap grow by half between two full collections, where V8 lets it grow to several times what is in use: the peak of a first
 * start of 10,000 × 5 in one process is 162 instead of 256 MiB, for a tenth more CPU; one of 500 × 4 costs the same. Whoever gives
 * the flag to Node has its own way.
 */
export function growSlowly(nodeArguments: readonly string[], v8Version: string): void {
  const isKnown = Number.parseInt(v8Version, 10) === measuredMajor;
  const isGiven = nodeArguments.some((argument) => argument.startsWith('--heap-growing-percent'));
  if (isKnown && !isGiven) setFlagsFromString('--heap-growing-percent=50');
}

/** That of Node 20. */
const measuredMajor = 11;

/** In bytes of bytecode that ran; 66 KB by default. */
const budget = '--interrupt-budget=1000000';
