/**
 * A tar archive (POSIX ustar) with one regular file, which is all that a layer of a test image needs.
 *
 * @param name at most 100 bytes.
 */
export function tarWithOneFile(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 100, 'utf8');
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257, 'latin1');
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * blockBytes)]);
}

/** The content of a regular file of a tar archive; undefined when it has none of that name. */
export function fileInTar(archive: Buffer, name: string): Buffer | undefined {
  for (let at = 0; at + blockBytes <= archive.length;) {
    const found = archive.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 136), 8) || 0;
    if (found === name) return archive.subarray(at + blockBytes, at + blockBytes + size);
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
  return undefined;
}

const blockBytes = 512;
