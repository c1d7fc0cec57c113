import { inspect } from 'node:util';

/**
 * A string that must never be printed: a token, a key, a password.
 *
 * `String()`, template literals, JSON and `console.log` all show `[secret]`; only `reveal()` gives the text, so that every
 * place that handles the plain text can be found by its name.
 */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  equals(other: SecretText): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return masked;
  }

  toJSON(): string {
    return masked;
  }

  [inspect.custom](): string {
    return masked;
  }
}

const masked = '[secret]';
