import { readFile } from 'node:fs/promises';

import { Failure } from '../../../domain/failure.ts';
import type { Clock } from '../../../ports/clock.ts';

/** A file with a bearer token that somebody else (the kubelet) replaces from time to time. */
export type TokenFile = {
  /** The token; read again when the last read is 10 s old. Throws `token-file-invalid`, unless an older token is at hand. */
  token(): Promise<string>;
  /** Says that the server refused the token: the next `token()` reads the file. */
  forget(): void;
};

/** Reads `path` on first use. */
export function createTokenFile(path: string, clock: Clock): TokenFile {
  let current: string | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<string> | undefined;

  const read = async (): Promise<string> => {
    try {
      current = await readToken(path);
    } catch (error) {
      // The kubelet swaps a symbolic link: a moment without a file must not fail requests that the old token still serves.
      if (current === undefined) throw error;
    }
    readAt = clock();
    return current;
  };

  return {
    async token() {
      if (current !== undefined && clock() - readAt < rereadAfterMs) return current;
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
    forget() {
      readAt = Number.NEGATIVE_INFINITY;
    },
  };
}

const rereadAfterMs = 10_000;

async function readToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Failure('token-file-invalid', `cannot read the Kubernetes token file ${path}: ${codeOf(error)}`, {
      hint: tokenHint,
    });
  });
  const token = text.trim();
  if (token === '' || /\s/.test(token)) {
    throw new Failure('token-file-invalid', `the Kubernetes token file ${path} does not hold one token`, {
      hint: tokenHint,
    });
  }
  return token;
}

const tokenHint = 'in a pod, check automountServiceAccountToken; with a kubeconfig, check tokenFile of the user';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
