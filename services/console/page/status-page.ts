import { html } from 'htm/preact';
import { h, type VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PageModel } from '../view/page-model.ts';
import { ConfigurationSection } from './configuration-section.ts';
import { CoverageSection } from './coverage-section.ts';
import { CredentialsSection } from './credentials-section.ts';
import { HeadlineSection, showInTab } from './headline-section.ts';
import { followModel, type Connection } from './live-model.ts';
import { Moment } from './moment.ts';
import { WorkSection } from './work-section.ts';

/** The whole page, in the order of what a person wants to know. It changes nothing, and asks only where it came from. */
export function StatusPage({ first }: { readonly first: PageModel | null }): VNode {
  const [model, setModel] = useState(first);
  const [connection, setConnection] = useState<Connection>({ state: 'live' });
  const now = useNow(model);
  const hasAnswered = useNextFrame();
  useEffect(() => followModel(first, setModel, setConnection), [first]);
  useEffect(() => (model === null ? undefined : showInTab(model.status.headline)), [model]);
  if (model === null)
    return html`<main><h1>The status cannot be read yet. This page tries again by itself.</h1></main>`;
  const { status, history, configuration, hasQueueBrowser } = model;
  return html`
    <header class="top">
      <p class="product">acr-credential-helper <span>${status.helper.version}</span></p>
      <p class="quiet">
        ${status.helper.roles.join(', ')}, up since ${h(Moment, { at: status.helper.startedAt, now })}
      </p>
      <p class="connection ${connection.state}" role="status">
        ${
          connection.state === 'live'
            ? 'live'
            : html`no answer since ${h(Moment, { at: connection.since, now })}; what you see is as old, and it is tried
              again`
        }
      </p>
    </header>
    <main>
      ${h(HeadlineSection, { headline: status.headline, now })}
      ${
        hasAnswered &&
        html`
          ${h(CredentialsSection, { status, attempts: history.attempts, now })}
          <div class="columns">
            ${h(CoverageSection, { coverage: status.coverage })}
            ${h(WorkSection, { status, samples: history.samples, hasQueueBrowser })}
            ${h(ConfigurationSection, { status: status.configuration, typed: configuration, now })}
          </div>
        `
      }
    </main>
    <footer>
      The same as JSON: <a href="api/status">api/status</a>. Metrics: <a href="metrics">metrics</a>. Nothing here
      changes anything.
    </footer>
  `;
}

/** Whether the page has been drawn once: whether pods can pull is to be read before plots and tables are made. */
function useNextFrame(): boolean {
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    const frame = requestAnimationFrame(() => setTimeout(() => setDrawn(true)));
    return () => cancelAnimationFrame(frame);
  }, []);
  return isDrawn;
}

/** The clock of the helper, which goes on between two answers, second by second. */
function useNow(model: PageModel | null): number {
  const [local, setLocal] = useState(() => Date.now());
  const [received, setReceived] = useState({ at: model?.status.at ?? local, local });
  useEffect(() => {
    const timer = setInterval(() => setLocal(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const at = model?.status.at;
  useEffect(() => {
    if (at !== undefined) setReceived({ at, local: Date.now() });
  }, [at]);
  return received.at + Math.max(0, local - received.local);
}
