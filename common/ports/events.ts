/** Says something to the person who looks at the ConfigMap with `kubectl describe`. Every method throws `Failure`. */
export type EventRecorder = {
  /** Creates the Event. `taken`: it is there already, by another process or by an earlier life of this one. */
  record(event: KubernetesEvent, series?: EventSeries): Promise<'made' | 'taken'>;
  /** Makes the Event that was recorded say how often it happened by now. `kubernetes-not-found` when it is gone: Events live for an hour. */
  repeat(event: KubernetesEvent, series: EventSeries): Promise<void>;
};

/** How often the same happened, and when last. */
export type EventSeries = {
  /** At least 2. */
  readonly count: number;
  /** ms since the epoch. */
  readonly lastObservedAt: number;
};

export type KubernetesEvent = {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase. */
  readonly reason: string;
  /** 1,024 bytes of it are shown. */
  readonly note: string;
  /** ms since the epoch. */
  readonly at: number;
  /** The namespace that it is about; absent: it is about the ConfigMap. */
  readonly namespace?: string | undefined;
  /** The pod of the namespace that it is about; absent: it is about the namespace itself. */
  readonly pod?: string | undefined;
  /** Of what it is about, by which `kubectl describe` finds the Event; absent while it was not seen. */
  readonly uid?: string | undefined;
  /**
   * What gave rise to it, where several processes see the same: version of the ConfigMap. The same reason, note and occasion make one
   * Event, whichever process says so.
   */
  readonly occasion?: string | undefined;
};
