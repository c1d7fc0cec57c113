import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { describePlot, formatValue, type PlotData } from '../view/series.ts';
import { axisTime } from '../view/times.ts';

/** One small plot, drawn by uPlot; all plots show the same hour, and the pointer over one shows the values of all. */
export function Plot({ data }: { readonly data: PlotData }): VNode {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shape = `${data.title} ${data.lines.length}`;
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(data, element), alignedOf(data), element);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      dark.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(alignedOf(data)), [data]);
  return html`
    <figure class="plot">
      <figcaption>${data.title}</figcaption>
      <p class="legend" aria-hidden="true">
        ${data.lines.map(
          ({ label, values }, index) =>
            html`<span class=${`line-${index}`}><i></i>${label} <b>${formatLast(values, data.unit)}</b></span>`,
        )}
      </p>
      <div class="canvas" role="img" aria-label=${describePlot(data)} ref=${place}></div>
    </figure>
  `;
}

const height = 92;

function alignedOf({ moments, lines }: PlotData): uPlot.AlignedData {
  return [[...moments], ...lines.map(({ values }) => [...values])];
}

function formatLast(values: readonly (number | null)[], unit: PlotData['unit']): string {
  const last = values.findLast((value) => value !== null);
  return typeof last === 'number' ? formatValue(last, unit) : '–';
}

/** Colours come from the style sheet, which knows whether it is dark. */
function optionsFor({ unit, isSparse = false, lines }: PlotData, element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour('quiet'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height,
    padding: [6, 8, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: 'work' }, y: false, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, niceMax(high, unit)] } },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 6,
        space: 48,
        values: (_plot, moments, _axis, _space, step) => moments.map((moment) => axisTime(moment * 1000, step < 60)),
      },
      {
        ...axis,
        size: 46,
        gap: 4,
        space: 26,
        values: (_plot, values) => values.map((value) => formatValue(value, unit)),
      },
    ],
    series: [
      {},
      ...lines.map(({ label }, index) => ({
        label,
        stroke: colour(`line-${index}`),
        width: 1.5,
        spanGaps: isSparse,
        points: { show: isSparse, size: 5 },
      })),
    ],
  };
}

/** A plot of nothing has a height too. */
function niceMax(high: number | null, unit: PlotData['unit']): number {
  return Math.max((high ?? 0) * 1.1, unit === 'count' ? 4 : 0.01);
}
