import type { ProbedEndpoint } from '../../../common/adapters/alibaba/probe-endpoint.ts';
import type { AdmissionRegistry } from '../../../common/ports/admission.ts';
import type { RegionFinder } from '../../../common/ports/cloud.ts';
import type { ClusterReader } from '../../../common/ports/cluster-reader.ts';
import type { Settings } from '../../../common/runtime/settings.ts';
import type { ReadConfiguration } from '../read-configuration.ts';
import type { Mark } from '../screen/screen.ts';

/** What came of a check. `none`: it does not apply here. A thrown `Failure` is as good as `bad` with its hint. */
export type Finding = { readonly mark: Mark; readonly says: string; readonly remedy?: string | undefined };

export type DoctorWorld = {
  readonly settings: Settings;
  readonly baseUrl: string;
  readonly reader: ClusterReader;
  readonly admission: Pick<AdmissionRegistry, 'capabilities'>;
  /** The same answer for every check that needs it. */
  readonly configuration: () => Promise<ReadConfiguration>;
  readonly regions: RegionFinder;
  /** Resolves when the cluster’s own role (managed role, worker role, or the key pair of a registered cluster) gives a session. */
  readonly openClusterRole: (signal: AbortSignal) => Promise<void>;
  /** Asks an address of the cloud for anything; the same answer for every check that needs it. */
  readonly probe: (address: URL) => Promise<ProbedEndpoint>;
  /** Version and policy of the Redis; rejects with why it cannot be used. */
  readonly askRedis: (url: string) => Promise<string>;
  readonly readSealKeys: (file: string) => Promise<number>;
  /** Names of Secrets that a running helper keeps in the cluster; none where they may not be read. */
  readonly storedNames: () => Promise<readonly string[]>;
  readonly signal: AbortSignal;
};
