import { inflateRawSync } from 'node:zlib';

/** One file of a zip archive; `content` unpacks it. */
export type ZipEntry = {
  readonly name: string;
  readonly content: () => Buffer;
};

/**
 * The files of a zip archive (APPNOTE 6.3.3, sections 4.3.7, 4.3.12 and 4.3.16), without zip64 and encryption.
 *
 * Go modules are zip files, Node cannot open them, and `unzip` is not on every machine.
 */
export function readZip(archive: Buffer): readonly ZipEntry[] {
  const end = archive.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  if (end < 0) throw new Error(`not a zip archive (${archive.length} bytes, no end-of-central-directory record)`);
  const count = archive.readUInt16LE(end + 10);
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw new Error(`damaged zip archive: no directory entry at ${at}`);
    const method = archive.readUInt16LE(at + 10);
    const packedBytes = archive.readUInt32LE(at + 20);
    const nameBytes = archive.readUInt16LE(at + 28);
    const headerAt = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameBytes);
    if (!name.endsWith('/'))
      entries.push({ name, content: () => unpack(archive, { name, headerAt, method, packedBytes }) });
    at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

type PackedFile = {
  readonly name: string;
  readonly headerAt: number;
  readonly method: number;
  readonly packedBytes: number;
};

function unpack(archive: Buffer, { name, headerAt, method, packedBytes }: PackedFile): Buffer {
  const dataAt = headerAt + 30 + archive.readUInt16LE(headerAt + 26) + archive.readUInt16LE(headerAt + 28);
  const packed = archive.subarray(dataAt, dataAt + packedBytes);
  if (method === 0) return packed;
  if (method === 8) return inflateRawSync(packed);
  throw new Error(`zip entry ${name} is packed by method ${method}; only stored (0) and deflated (8) are understood`);
}
