import { dashboards, renderDashboard } from '../../deploy/grafana/dashboards.ts';
import { renderConfigurationPage } from './configuration-page.ts';
import { renderEventsPage } from './events-page.ts';
import { renderFailureModesPage } from './failure-modes-page.ts';
import { renderMessagesPage } from './messages-page.ts';
import { renderMetricsPage } from './metrics-page.ts';
import { renderCommandLinePage } from './command-line-page.ts';

/** EVERY page of the documentation, and every dashboard, that is made from a list in code. `npm run docs` writes them; a test demands no difference. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/command-line.md': renderCommandLinePage,
  'docs/configuration.md': renderConfigurationPage,
  'docs/events.md': renderEventsPage,
  'docs/failure-modes.md': renderFailureModesPage,
  'docs/messages.md': renderMessagesPage,
  'docs/metrics.md': renderMetricsPage,
  ...Object.fromEntries(
    Object.entries(dashboards).map(([name, parts]) => [
      `deploy/grafana/${name}.json`,
      () => renderDashboard(name, parts),
    ]),
  ),
};
