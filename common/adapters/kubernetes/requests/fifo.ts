/** First in, first out, with constant cost for each. */
export type Fifo<T> = {
  push(item: T): void;
  shift(): T | undefined;
  size(): number;
};

/** Starts empty. `Array.shift` moves every element of a long queue; this keeps the index of the first and drops the used half at once. */
export function createFifo<T>(): Fifo<T> {
  let items: (T | undefined)[] = [];
  let head = 0;
  return {
    push(item) {
      items.push(item);
    },
    shift() {
      if (head >= items.length) return undefined;
      const item = items[head];
      items[head++] = undefined;
      if (head >= compactFrom && head * 2 >= items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    size: () => items.length - head,
  };
}

const compactFrom = 1024;
