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

/**
 * Has WebAssembly compiled by the quick compiler only. The one program of that kind here reads the answers of the API server (llhttp, in
 * undici). Optimizing its one large function takes each process 0.1 s of CPU and 35 MiB in its first second, at the peak of its start, and
 * gains nothing: 20,000 answers are read in the same time without. Whoever gives the flag to Node has its own way.
 */
export function compileWasmOnce(nodeArguments: readonly string[], v8Version: string): void {
  const isKnown = Number.parseInt(v8Version, 10) === measuredMajor;
  const isGiven = nodeArguments.some((argument) => /^--(no-)?liftoff/.test(argument));
  if (isKnown && !isGiven) setFlagsFromString('--liftoff-only');
}

/**
 * Has the part of the heap for what is new stay as large as it is when this is called: 4 MiB of 16 after the program was loaded. Of
 * several processes over one Redis the largest takes 87 instead of 107 MiB at the peak of a first start of 500 × 4, for a twentieth more
 * CPU. Whoever gives the flag to Node has its own way.
 */
export function keepNurserySmall(nodeArguments: readonly string[], v8Version: string): void {
  const isKnown = Number.parseInt(v8Version, 10) === measuredMajor;
  const isGiven = nodeArguments.some((argument) => argument.includes('-semi-space-'));
  if (isKnown && !isGiven) setFlagsFromString('--semi-space-growth-factor=1');
}

/** That of Node 20. */
const measuredMajor = 11;

/** In bytes of bytecode that ran; 66 KB by default. */
const budget = '--interrupt-budget=1000000';
