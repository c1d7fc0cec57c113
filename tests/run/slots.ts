/**
 * Lets at most `count` works run at once. Of those that wait the one with the smallest `order` begins next, also among those that were handed
 * over in the same turn of the event loop.
 */
export function slots(count: number): <T>(order: number, work: () => Promise<T>) => Promise<T> {
  const waiting: { readonly order: number; readonly begin: () => void }[] = [];
  let free = count;
  const fill = (): void => {
    waiting.sort((a, b) => a.order - b.order);
    for (const { begin } of waiting.splice(0, free)) {
      free--;
      begin();
    }
  };
  return async (order, work) => {
    await new Promise<void>((resolve) => {
      waiting.push({ order, begin: resolve });
      setImmediate(fill);
    });
    try {
      return await work();
    } finally {
      free++;
      setImmediate(fill);
    }
  };
}
