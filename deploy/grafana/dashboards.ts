import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  RowBuilder,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { apiUse } from './api-use.ts';
import { canPodsPull } from './can-pods-pull.ts';
import { credentials } from './credentials.ts';
import { buildPanel, type DashboardParts } from './panel.ts';
import { queuesAndWorkers } from './queues-and-workers.ts';

/** EVERY dashboard, by the name of its file. `npm run docs` writes them to `deploy/grafana/<name>.json`. */
export const dashboards: Readonly<Record<string, DashboardParts>> = {
  'can-pods-pull': canPodsPull,
  credentials,
  'queues-and-workers': queuesAndWorkers,
  'api-use': apiUse,
};

/** The JSON that Grafana imports. */
export function renderDashboard(name: string, parts: DashboardParts): string {
  return `${JSON.stringify(buildDashboard(name, parts), undefined, 2)}\n`;
}

function buildDashboard(name: string, { title, description, rows }: DashboardParts): Dashboard {
  const dashboard = new DashboardBuilder(`ACR credential helper / ${title}`)
    .uid(`acr-helper-${name}`)
    .description(description)
    .tags(['acr-credential-helper'])
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('datasource').type('prometheus').label('Prometheus'))
    .link(
      new DashboardLinkBuilder('Others')
        .type(DashboardLinkType.Dashboards)
        .tags(['acr-credential-helper'])
        .keepTime(true)
        .includeVars(true),
    );
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) dashboard.withPanel(buildPanel(panel));
  }
  return dashboard.build();
}
