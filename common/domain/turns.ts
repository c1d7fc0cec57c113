import { turnsUntilTheLessUrgent, urgencies } from './urgency.ts';

/** Says whose turn it is among several queues, one for each urgency. */
export type Turns = {
  /** Rank of the urgency whose turn it is now; `undefined` when nothing waits. `isWaiting` is asked by rank. */
  next(isWaiting: (rank: number) => boolean): number | undefined;
};

/**
 * The most urgent first; but after some turns in a row in which the less urgent were passed over, one turn goes to the urgency
 * among them that had its last turn longest ago.
 */
export function createTurns(): Turns {
  const lastTurns = urgencies.map(() => 0);
  let turn = 0;
  let passedOver = 0;

  const mostUrgent = (isWaiting: (rank: number) => boolean, from: number): number | undefined => {
    for (let rank = from; rank < urgencies.length; rank++) if (isWaiting(rank)) return rank;
    return undefined;
  };

  const longestAgo = (isWaiting: (rank: number) => boolean, from: number): number => {
    let chosen = from;
    for (let rank = from + 1; rank < urgencies.length; rank++) {
      if (isWaiting(rank) && (lastTurns[rank] ?? 0) < (lastTurns[chosen] ?? 0)) chosen = rank;
    }
    return chosen;
  };

  return {
    next(isWaiting) {
      const first = mostUrgent(isWaiting, 0);
      if (first === undefined) return undefined;
      const behind = mostUrgent(isWaiting, first + 1);
      passedOver = behind === undefined ? 0 : passedOver + 1;
      const isTheirs = behind !== undefined && passedOver >= turnsUntilTheLessUrgent;
      const rank = isTheirs ? longestAgo(isWaiting, behind) : first;
      if (isTheirs) passedOver = 0;
      lastTurns[rank] = ++turn;
      return rank;
    },
  };
}
