/** ms since the epoch. */
export type Clock = () => number;

/** A number in [0, 1). */
export type Random = () => number;
