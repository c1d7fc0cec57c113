import { access, readFile } from 'node:fs/promises';

/** A file that `deploy/checkout/build.mjs` made for the browser. Absent: nothing was built. */
export async function readPageFile(name: string, folder: URL | undefined): Promise<Buffer | undefined> {
  const found = await findPageFolder(name, folder);
  return found === undefined ? undefined : readFile(new URL(name, found)).catch(() => undefined);
}

/** The folder with such files that has this one, ending in a slash. */
export async function findPageFolder(name: string, folder: URL | undefined): Promise<URL | undefined> {
  for (const place of folder === undefined ? besideTheProgram : [folder]) {
    const isThere = await access(new URL(name, place)).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
  }
  return undefined;
}

/** The code that asks is in dist/main.js, or in a part of it under dist/parts/. */
const besideTheProgram = [new URL('./console/', import.meta.url), new URL('../console/', import.meta.url)] as const;
