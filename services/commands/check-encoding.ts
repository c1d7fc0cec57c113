import { docsAnchor, type ProblemCode } from '../../common/domain/configuration/problems/problem-catalog.ts';
import type { CheckedFile } from './check-file.ts';

export type DecodedFile = { readonly text: string } | { readonly text: undefined; readonly failed: CheckedFile };

/** Larger than any file that holds ConfigMaps of at most 1 MiB. */
export const maxFileBytes = 16 * 1024 * 1024;

/** UTF-8, or UTF-16 with its mark as old Windows editors write it; kubectl reads both. */
export function decodeFile(file: string, bytes: Uint8Array): DecodedFile {
  if (bytes.length > maxFileBytes) {
    return failed(
      file,
      'file-too-large',
      `the file has ${bytes.length} bytes, and ${maxFileBytes} are the limit`,
      'a file with the ConfigMap alone',
    );
  }
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return { text: new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return failed(file, 'invalid-utf8', `the file is not ${encoding.toUpperCase()} text`, 'the file saved as UTF-8');
  }
}

function failed(file: string, code: ProblemCode, message: string, write: string): DecodedFile {
  const problem = {
    code,
    severity: 'error' as const,
    key: '',
    line: 1,
    column: 1,
    length: 1,
    message,
    write,
    docs: docsAnchor(code),
  };
  return { text: undefined, failed: { file, text: '', problems: [problem] } };
}
