/** The text of a body, or `undefined` when it is larger than `largestBytes`; the rest is then not read. */
export async function readBoundedText(
  body: AsyncIterable<Uint8Array>,
  largestBytes: number,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop destroys the stream, and with it the connection.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > largestBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
