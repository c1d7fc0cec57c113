/** Wakes a loop that also looks by itself now and then. */
export type News = {
  readonly tell: () => void;
  /** Ends when something was told since the last one ended, or after so many seconds. */
  readonly wait: (seconds: number) => Promise<void>;
};

export function createNews(): News {
  let isTold = false;
  let wake = (): void => undefined;
  return {
    tell: () => {
      isTold = true;
      wake();
    },
    wait: async (seconds) => {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, isTold ? 0 : seconds * 1000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      isTold = false;
    },
  };
}
