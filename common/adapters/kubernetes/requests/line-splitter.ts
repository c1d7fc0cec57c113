/** Cuts a stream of bytes into lines. */
export type LineSplitter = {
  /**
   * The lines that this chunk completes, without their end, decoded as UTF-8; empty lines are left out. Throws `LineTooLong`.
   * Chunks may be cut anywhere, also within a character: a line feed is never part of another UTF-8 character.
   */
  push(chunk: Uint8Array): string[];
};

export class LineTooLong extends Error {
  constructor(maxBytes: number) {
    super(`a line is longer than ${maxBytes} bytes`);
    this.name = 'LineTooLong';
  }
}

/** For one stream. `maxBytes` bounds what is held of a line whose end has not come. */
export function createLineSplitter(maxBytes: number): LineSplitter {
  let parts: Buffer[] = [];
  let partBytes = 0;

  const take = (buffer: Buffer): string => {
    if (partBytes === 0) return buffer.toString('utf8');
    parts.push(buffer);
    const line = Buffer.concat(parts).toString('utf8');
    parts = [];
    partBytes = 0;
    return line;
  };

  const check = (bytes: number): void => {
    if (bytes > maxBytes) throw new LineTooLong(maxBytes);
  };

  return {
    push(chunk) {
      const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const lines: string[] = [];
      let start = 0;
      for (let end = buffer.indexOf(lineFeed); end >= 0; end = buffer.indexOf(lineFeed, start)) {
        check(partBytes + end - start);
        const line = take(buffer.subarray(start, end));
        if (line !== '') lines.push(line);
        start = end + 1;
      }
      if (start < buffer.length) {
        check(partBytes + buffer.length - start);
        parts.push(buffer.subarray(start));
        partBytes += buffer.length - start;
      }
      return lines;
    },
  };
}

const lineFeed = 0x0a;
