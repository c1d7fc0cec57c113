import { failuresToOpen } from '../circuit-breaker.ts';
import { newPoolState, settle, take, type PoolAnswer, type PoolOutcome, type PoolState } from '../pool-budget.ts';

/** 2026-01-02T03:04:05Z. */
export const start = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A pool with a clock that the test turns. */
export class Pool {
  state: PoolState;
  now = start;
  readonly #random: () => number;

  constructor(random: () => number = () => 0.5) {
    this.state = newPoolState(start);
    this.#random = random;
  }

  take(patienceSeconds?: number): PoolAnswer {
    const { state, answer } = take(this.state, this.now, this.#random, patienceSeconds);
    this.state = state;
    return answer;
  }

  /** How many fetches are admitted at this moment, up to `most`. */
  admits(most = 1000): number {
    for (let count = 0; count < most; count++) if (!this.take().admitted) return count;
    return most;
  }

  settle(outcome: PoolOutcome): void {
    this.state = settle(this.state, outcome, this.now, this.#random);
  }

  pass(seconds: number): void {
    this.now += seconds * 1000;
  }

  open(): void {
    for (let count = 0; count < failuresToOpen; count++) this.settle({ kind: 'failed' });
  }
}
