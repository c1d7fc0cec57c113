import type { Sample } from '../../../common/domain/status/history.ts';

/** One small plot: lines over the same moments (seconds since the epoch). `null`: nothing was measured. */
export type PlotData = {
  readonly title: string;
  readonly unit: 'count' | 'seconds';
  /** There is not a value for every moment: each is a point too. */
  readonly isSparse?: boolean;
  readonly moments: readonly number[];
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
};

/** The plots of the section "Work", in their order. */
export function plotsOf(samples: readonly Sample[]): readonly PlotData[] {
  const moments = samples.map(({ at }) => Math.round(at / 1000));
  const line = (label: string, read: (sample: Sample) => number | undefined): PlotData['lines'][number] => ({
    label,
    values: samples.map((sample) => read(sample) ?? null),
  });
  return [
    {
      title: 'Messages in the queues',
      unit: 'count',
      moments,
      lines: [
        line('namespaces', ({ queues }) => queues.namespaces.depth),
        line('fetch', ({ queues }) => queues.fetch.depth),
        line('other', ({ queues }) => queues.other.depth),
      ],
    },
    {
      title: 'Age of the oldest message',
      unit: 'seconds',
      moments,
      lines: [
        line('namespaces', ({ queues }) => queues.namespaces.oldestAgeSeconds),
        line('fetch', ({ queues }) => queues.fetch.oldestAgeSeconds),
        line('other', ({ queues }) => queues.other.oldestAgeSeconds),
      ],
    },
    {
      title: 'From a new account to attached',
      unit: 'seconds',
      isSparse: true,
      moments,
      lines: [
        line('p50', ({ attachSeconds }) => attachSeconds?.p50),
        line('p99', ({ attachSeconds }) => attachSeconds?.p99),
      ],
    },
    {
      title: 'Writes a minute',
      unit: 'count',
      moments,
      lines: [
        line('writes', ({ writesPerMinute }) => writesPerMinute),
        line('conflicts', ({ conflictsPerMinute }) => conflictsPerMinute),
      ],
    },
  ];
}

/** The latest measured value and the highest, in words: for those who do not see the plot. */
export function describePlot({ title, unit, lines }: PlotData): string {
  const parts = lines.map(({ label, values }) => {
    const measured = values.filter((value) => value !== null);
    const last = measured.at(-1);
    if (last === undefined) return `${label}: nothing in the last hour`;
    return `${label}: ${formatValue(last, unit)}, at most ${formatValue(Math.max(...measured), unit)} in the last hour`;
  });
  return `${title}. ${parts.join('; ')}.`;
}

/** `9 ms`, `1.2 s`, `3 min`, `1,024`. */
export function formatValue(value: number, unit: PlotData['unit']): string {
  if (unit === 'count') return Math.round(value).toLocaleString('en-GB');
  if (value === 0) return '0 s';
  if (value < 1) return `${Math.max(1, Math.round(value * 1000))} ms`;
  if (value < 100) return `${Number(value.toPrecision(2))} s`;
  return value < 5400 ? `${Math.round(value / 60)} min` : `${Number((value / 3600).toPrecision(2))} h`;
}
