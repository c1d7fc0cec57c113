/** How long a closing consumer waits for the messages that are being handled. */
export const closeWithinSeconds = 10;

/** Queues that a bus remembers beside those that are in use: pools come and go with the configuration. */
export const idleQueuesMax = 256;
