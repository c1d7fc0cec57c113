import type { Happening } from '../../common/domain/happening.ts';
import type { TypedConfiguration } from '../../common/domain/status/typed-configuration.ts';

/** The ConfigMap as it was typed. Both are absent in a process that does not watch it. */
export type TypedConfigurations = {
  /** As it is now, whether it was taken over or not. */
  readonly latest?: TypedConfiguration | undefined;
  /** What is in force, where that is something else. */
  readonly inForce?: TypedConfiguration | undefined;
};

/** Remembers the text of the ConfigMap, masked, as the watcher saw it last and as it was taken over last. */
export class RecentConfiguration {
  #latest: TypedConfiguration | undefined;
  #inForce: TypedConfiguration | undefined;

  /** A `Report`: never throws. */
  readonly note = (happening: Happening): void => {
    if (happening.kind === 'configuration-seen') this.#latest = happening.typed;
    if (happening.kind === 'configuration-accepted') this.#inForce = this.#latest;
  };

  read(): TypedConfigurations {
    return this.#latest === this.#inForce ? { latest: this.#latest } : { latest: this.#latest, inForce: this.#inForce };
  }
}
