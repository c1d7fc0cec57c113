import { Failure } from '../common/domain/failure.ts';

/** How long a publisher waits for one answer of Redis. Longer, and whoever publishes had better do something else meanwhile. */
export const answerWithinSeconds = 2;

/** One answer of Redis, or `redis-unreachable` when it is late: a frozen Redis keeps connections open and answers nothing. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Failure('redis-unreachable', `Redis did not answer for ${String(answerWithinSeconds)} s`));
    }, answerWithinSeconds * 1000);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
