import { readFile } from 'node:fs/promises';

/** A file that `deploy/checkout/build.mjs` made for the browser. Absent: nothing was built. */
export async function readPageFile(name: string, folder: URL | undefined): Promise<Buffer | undefined> {
  for (const place of folder === undefined ? besideTheProgram : [folder]) {
    const content = await readFile(new URL(name, place)).catch(() => undefined);
    if (content !== undefined) return content;
  }
  return undefined;
}

/** The code that asks is in dist/main.js, or in a part of it under dist/parts/. */
const besideTheProgram = [new URL('./console/', import.meta.url), new URL('../console/', import.meta.url)] as const;
