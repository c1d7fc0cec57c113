import type { SecretText } from '../domain/secret-text.ts';

/** What is read of the helper's own namespace besides the ConfigMap. */
export type SecretReader = {
  /** Values of a Secret by key; `undefined` when there is none. */
  readSecret(name: string): Promise<ReadonlyMap<string, SecretText> | undefined>;
};

/** Reads Secrets that we wrote ourselves. Throws `Failure`. */
export type OwnSecretReader = {
  readSecret(namespace: string, name: string): Promise<ReadonlyMap<string, SecretText> | undefined>;
};

/** The last configuration that was taken over, kept in the cluster: it survives the restart of every process and an emptied Redis. */
export type LastGoodStore = {
  read(): Promise<LastGood | undefined>;
  write(lastGood: LastGood): Promise<void>;
};

/** Names, besides the first aggregated one, under which there may be Secrets of ours: some depend on hosts that only registries know. */
export type SecretNameStore = {
  read(): Promise<readonly string[]>;
  write(names: readonly string[]): Promise<void>;
};

/** As the ConfigMap had it, so that a later release reads it by its own rules. */
export type LastGood = {
  readonly version: string;
  readonly clusterId?: string | undefined;
  readonly data: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
};
