/** As much of a client of ioredis, or of BullMQ's wrapper around one, as is needed to end it. */
type EndableClient = { readonly status: string; connect(): Promise<unknown>; disconnect(): void };

/**
 * Ends a connection also during an outage.
 *
 * ioredis (6.0) that is disconnected between two attempts to reconnect neither ends nor answers the commands that wait. Another
 * attempt, which is broken off before it reaches the network, makes it do both.
 */
export function endClient(client: EndableClient): void {
  client.disconnect();
  if (client.status !== 'reconnecting') return;
  client.connect().catch(() => {});
  client.disconnect();
}
