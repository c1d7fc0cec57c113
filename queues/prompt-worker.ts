import { Worker, type Job } from 'bullmq';

/**
 * A worker of BullMQ that begins with a message before it asks for another one. BullMQ's own asks for as many as it may handle at once
 * before it begins with the first: a message that comes alone waits for the answer that there is no other, and the first of many for
 * all those that are handled with it.
 *
 *     BullMQ:  takes one ── takes another: none ── begins
 *     here:    takes one ── begins ── takes another: none
 */
export class PromptWorker extends Worker {
  #hasJustTaken = false;

  /** What BullMQ takes for "no other for now" makes it begin with those that it has. Right after that it asks again. */
  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    if (this.#hasJustTaken) {
      this.#hasJustTaken = false;
      return none;
    }
    const job: Job | undefined = await super.moveToActive(token, name);
    this.#hasJustTaken = job !== undefined;
    return job;
  }
}

// BullMQ answers so itself when nothing waits; its types do not say it.
const none = undefined as unknown as Job;
