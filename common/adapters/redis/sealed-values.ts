import { Failure, toFailure } from '../../domain/failure.ts';
import { open, seal, type KeyRing, type SealedPlace } from './sealing.ts';

/** Values of one type that are kept sealed. */
export type SealedValues<T> = {
  seal(place: SealedPlace, value: T): string;
  /** The value; `undefined` when it cannot be read, which is reported once for each text. */
  open(place: SealedPlace, sealed: string): T | undefined;
};

export type SealedValuesOptions<T> = {
  readonly keyRing: KeyRing;
  readonly encode: (value: T) => string;
  /** Throws when the text is not what `encode` writes. */
  readonly decode: (text: string) => T;
  readonly report: (failure: Failure) => void;
};

/**
 * Seals and opens. The last text of each place is remembered together with its value: the same configuration is read for each of
 * 10,000 namespaces, and its parts can then be compared by identity.
 */
export function createSealedValues<T>(options: SealedValuesOptions<T>): SealedValues<T> {
  const { keyRing, encode, decode, report } = options;
  /** Least recently opened first. */
  const opened = new Map<string, { readonly sealed: string; readonly value: T | undefined }>();

  function openAnew(place: SealedPlace, sealed: string): T | undefined {
    try {
      return decode(open(keyRing, place, sealed));
    } catch (error) {
      report(error instanceof Failure ? error : outdated(place, error));
      return undefined;
    }
  }

  return {
    seal: (place, value) => seal(keyRing, place, encode(value)),
    open(place, sealed) {
      const remembered = opened.get(place.name);
      const value = remembered?.sealed === sealed ? remembered.value : openAnew(place, sealed);
      opened.delete(place.name);
      opened.set(place.name, { sealed, value });
      if (opened.size > maximumRemembered) {
        for (const oldest of opened.keys()) {
          opened.delete(oldest);
          break;
        }
      }
      return value;
    },
  };
}

/** Far more registries than any cluster names. */
const maximumRemembered = 1_024;

function outdated(place: SealedPlace, error: unknown): Failure {
  return new Failure(
    'sealed-value-unreadable',
    `the ${place.purpose} at ${place.name} was opened, but has another shape than this version writes: ${toFailure(error).message}`,
    { hint: 'nothing to do: it is written anew; run the same version everywhere' },
  );
}
