import { open } from 'node:fs/promises';

import { Failure } from '../../domain/failure.ts';

/** The text of a small file, or `undefined` when there is none. Throws `Failure` `token-file-invalid`, never with its content. */
export async function readBoundedFile(path: string, largestBytes: number): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(largestBytes + 1);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      if (bytesRead > largestBytes)
        throw new Failure('token-file-invalid', `${path} is larger than ${largestBytes} bytes`);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const code = (thrown as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Failure('token-file-invalid', `${path} cannot be read: ${code}`);
  }
}
