/** A gate that requests pass; while it is closed they wait, as at a server that is stopped by a signal. */
export class Gate {
  #opening: { readonly opened: Promise<void>; readonly open: () => void } | undefined;

  /** Resolves when the gate is open, at once when it is. */
  async passed(): Promise<void> {
    while (this.#opening !== undefined) await this.#opening.opened;
  }

  close(): void {
    if (this.#opening !== undefined) return;
    const { promise, resolve } = withResolvers();
    this.#opening = { opened: promise, open: resolve };
  }

  open(): void {
    const opening = this.#opening;
    this.#opening = undefined;
    opening?.open();
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((resolved) => {
    resolve = resolved;
  });
  return { promise, resolve };
}
