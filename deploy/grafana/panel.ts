import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode, type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** What one panel asks Prometheus. */
export type Question = {
  readonly expression: string;
  /** `{{label}}`, or a word. */
  readonly legend?: string;
};

export type PanelParts = {
  /** `number`: how it is now, large. `graph`: how it was. */
  readonly kind: 'number' | 'graph';
  readonly title: string;
  /** What to read from it. */
  readonly description: string;
  /** Grafana's name of the unit: `s`, `short`, `reqps`, `percentunit`. */
  readonly unit: string;
  /** Columns of 24. */
  readonly width: number;
  readonly questions: readonly Question[];
  /** From this value on it is worth a look (orange), and bad (red); below, when `low`. */
  readonly limits?: { readonly warning: number; readonly bad: number; readonly low?: boolean } | undefined;
  /** Instead of "No data", where nothing is the good news. */
  readonly empty?: string | undefined;
};

/** One dashboard, row by row. */
export type DashboardParts = {
  readonly title: string;
  readonly description: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly PanelParts[] }[];
};

/** One panel that asks the Prometheus of the variable `datasource`. */
export function buildPanel(parts: PanelParts): Builder<Panel> {
  const panel = parts.kind === 'number' ? numberPanel() : graphPanel();
  panel
    .title(parts.title)
    .description(parts.description)
    .unit(parts.unit)
    .span(parts.width)
    .height(parts.kind === 'number' ? 4 : 8)
    .datasource(source);
  if (parts.limits !== undefined) panel.thresholds(thresholds(parts.limits));
  if (parts.empty !== undefined) panel.noValue(parts.empty);
  for (const [index, { expression, legend }] of parts.questions.entries()) {
    const query = new DataqueryBuilder()
      .expr(expression)
      .datasource(source)
      .refId(String.fromCharCode(65 + index));
    if (parts.kind === 'number') query.instant();
    else query.range();
    panel.withTarget(legend === undefined ? query : query.legendFormat(legend));
  }
  return panel;
}

const source = { type: 'prometheus', uid: '${datasource}' };

function numberPanel(): StatBuilder {
  return new StatBuilder()
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

function graphPanel(): GraphBuilder {
  return new GraphBuilder().legend(new VizLegendOptionsBuilder().showLegend(true)).fillOpacity(10).min(0);
}

function thresholds({ warning, bad, low = false }: NonNullable<PanelParts['limits']>): ThresholdsConfigBuilder {
  const steps = low
    ? [
        { value: null, color: 'red' },
        { value: bad, color: 'orange' },
        { value: warning, color: 'green' },
      ]
    : [
        { value: null, color: 'green' },
        { value: warning, color: 'orange' },
        { value: bad, color: 'red' },
      ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}
