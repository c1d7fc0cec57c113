import { setFlagsFromString } from 'node:v8';

/**
 * Has functions optimized later than V8 does by itself, which thinks of programs that compute without a pause. Most of our time
 * goes by in waiting, so compiling that early costs more than it gives: a first start of 500 × 4 takes 1.0 instead of 1.3 s of CPU
 * and 10 MiB less, and one of 2,000 × 4 as much as before.
 */
export function optimizeLate(nodeArguments: readonly string[], v8Version: string): void {
  // In bytes of bytecode that ran; 66 KB by default. Later versions count calls instead, and complain of the flag on standard error.
  setWhereMeasured('--interrupt-budget=1000000', /^--interrupt-budget/, nodeArguments, v8Version);
}

/**
 * Has the heap grow by half between two full collections, where V8 lets it grow to several times what is in use: the peak of a first
 * start of 10,000 × 5 in one process is 162 instead of 256 MiB, for a tenth more CPU; one of 500 × 4 costs the same.
 */
export function growSlowly(nodeArguments: readonly string[], v8Version: string): void {
  setWhereMeasured('--heap-growing-percent=50', /^--heap-growing-percent/, nodeArguments, v8Version);
}

/**
 * Has WebAssembly compiled by the quick compiler only. The one program of that kind here reads the answers of the API server (llhttp, in
 * undici). Optimizing its one large function takes each process 0.1 s of CPU and 35 MiB in its first second, at the peak of its start, and
 * gains nothing: 20,000 answers are read in the same time without.
 */
export function compileWasmOnce(nodeArguments: readonly string[], v8Version: string): void {
  setWhereMeasured('--liftoff-only', /^--(no-)?liftoff/, nodeArguments, v8Version);
}

/**
 * Has the part of the heap for what is new stay as large as it is when this is called: 4 MiB of 16 after the program was loaded. Of
 * several processes over one Redis the largest takes 87 instead of 107 MiB at the peak of a first start of 500 × 4, for a twentieth more
 * CPU.
 */
export function keepNurserySmall(nodeArguments: readonly string[], v8Version: string): void {
  setWhereMeasured('--semi-space-growth-factor=1', /semi-space/, nodeArguments, v8Version);
}

/** Whoever gave the flag to Node has its own way. */
function setWhereMeasured(flag: string, given: RegExp, nodeArguments: readonly string[], v8Version: string): void {
  const isMeasured = Number.parseInt(v8Version, 10) === measuredMajor;
  if (isMeasured && !nodeArguments.some((argument) => given.test(argument))) setFlagsFromString(flag);
}

/** That of Node 20. */
const measuredMajor = 11;
