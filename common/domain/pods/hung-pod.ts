/** A pod that waits for an image that could not be pulled: just what a repair is decided by. */
export type HungPod = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Name of its ServiceAccount. */
  readonly account: string;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly terminating: boolean;
  /** The opt-out annotation `acr-credential-helper/ignore: "true"` on the pod itself. */
  readonly ignored: boolean;
  /** A kubelet made it from a file: evicting it ends nothing. */
  readonly isMirror: boolean;
  /** The owner reference with `controller: true`. */
  readonly controller?: PodController | undefined;
  /** Names in `imagePullSecrets`, in order. */
  readonly pullSecrets: readonly string[];
  /** Those whose pull failed, as the pod's containers name them. */
  readonly images: readonly string[];
};

/** Who makes a new pod when this one is gone. */
export type PodController = { readonly kind: string; readonly name: string; readonly uid: string };
