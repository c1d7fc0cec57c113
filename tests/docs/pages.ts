import { renderConfigurationPage } from './configuration-page.ts';
import { renderFailureModesPage } from './failure-modes-page.ts';
import { renderMessagesPage } from './messages-page.ts';
import { renderMetricsPage } from './metrics-page.ts';
import { renderCommandLinePage } from './command-line-page.ts';

/** EVERY page of the documentation that is made from a list in code. `npm run docs` writes them; a test demands no difference. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/command-line.md': renderCommandLinePage,
  'docs/configuration.md': renderConfigurationPage,
  'docs/failure-modes.md': renderFailureModesPage,
  'docs/messages.md': renderMessagesPage,
  'docs/metrics.md': renderMetricsPage,
};
