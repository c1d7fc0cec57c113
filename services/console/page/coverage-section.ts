import { html } from 'htm/preact';
import { h, type VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Coverage, NamespaceStatus, Status } from '../../../common/domain/status/status.ts';
import { searchNamespaces } from '../view/namespace-list.ts';
import { formatValue } from '../view/series.ts';
import { NamespaceTable } from './namespace-table.ts';

/** Which namespaces have what their pods need; rows only for those that do not, unless all are asked for. */
export function CoverageSection({ coverage }: { readonly coverage: Coverage }): VNode {
  const [search, setSearch] = useState('');
  const { everything, loadAll, showAll, setShowAll } = useEverything();
  const { namespaces, accounts, listed } = coverage;
  const rows = showAll || search !== '' ? (everything ?? coverage.rows) : coverage.rows;
  const found = useMemo(() => searchNamespaces(rows, search), [rows, search]);
  return html`
    <section class="coverage" aria-labelledby="coverage-title">
      <h2 id="coverage-title">Coverage</h2>
      <dl class="counts">
        ${h(Count, { term: 'served', number: namespaces.served, level: namespaces.served > 0 ? 'good' : '' })}
        ${h(Count, { term: 'waiting', number: namespaces.waiting, level: namespaces.waiting > 0 ? 'warning' : '' })}
        ${h(Count, { term: 'left alone', number: namespaces.leftAlone, level: namespaces.leftAlone > 0 ? 'warning' : '' })}
        ${h(Count, { term: 'not selected', number: namespaces.total - namespaces.selected, level: '' })}
      </dl>
      <p>
        ${`${formatValue(accounts.attached, 'count')} of ${formatValue(accounts.selected, 'count')} selected accounts are attached.`}
      </p>
      <div class="tools">
        <label for="search" class="unseen">Search namespaces and reasons</label>
        <input
          id="search"
          type="search"
          placeholder="Search namespaces and reasons"
          autocomplete="off"
          spellcheck=${false}
          value=${search}
          onInput=${(event: InputEvent) => {
            setSearch((event.currentTarget as HTMLInputElement).value);
            void loadAll();
          }}
        />
        <button
          type="button"
          aria-pressed=${showAll}
          onClick=${() => {
            setShowAll(!showAll);
            if (!showAll) void loadAll();
          }}
        >
          ${showAll ? 'Only those not served' : `Show all ${formatValue(namespaces.total, 'count')}`}
        </button>
      </div>
      <p class="quiet" role="status">${sentence(found, coverage, search, showAll)}</p>
      ${!listed && html`<p class="quiet">The cluster is still being listed; the numbers grow.</p>`}
      ${found.length > 0 && h(NamespaceTable, { rows: found })}
    </section>
  `;
}

function Count({
  term,
  number,
  level,
}: {
  readonly term: string;
  readonly number: number;
  readonly level: string;
}): VNode {
  return html`<div class=${`count ${level}`}>
    <dd>${formatValue(number, 'count')}</dd>
    <dt>${term}</dt>
  </div>`;
}

function sentence(found: readonly NamespaceStatus[], coverage: Coverage, search: string, showAll: boolean): string {
  if (search !== '') return `${formatValue(found.length, 'count')} found.`;
  if (showAll) return `${formatValue(found.length, 'count')} namespaces by name.`;
  if (found.length === 0) return coverage.listed ? 'Every selected namespace is served.' : '';
  return coverage.more > 0
    ? `The first ${found.length} that are not served; ${formatValue(coverage.more, 'count')} more under “Show all”.`
    : `Not served, or with something to say:`;
}

type Everything = {
  readonly everything: readonly NamespaceStatus[] | undefined;
  readonly loadAll: () => Promise<void>;
  readonly showAll: boolean;
  readonly setShowAll: (showAll: boolean) => void;
};

/** All namespaces are a megabyte in a large cluster: they are asked for when somebody wants them, and kept for some seconds. */
function useEverything(): Everything {
  const [loaded, setLoaded] = useState<{ rows: readonly NamespaceStatus[]; at: number } | undefined>(undefined);
  const [showAll, setShowAll] = useState(false);
  const loadAll = async (): Promise<void> => {
    if (loaded !== undefined && Date.now() - loaded.at < keptMs) return;
    setLoaded({ rows: loaded?.rows ?? [], at: Date.now() });
    const answer = await fetch('api/status?namespaces=all', { cache: 'no-store' }).catch(() => undefined);
    if (answer?.ok !== true) return;
    const { coverage } = (await answer.json()) as Status;
    setLoaded({ rows: coverage.rows, at: Date.now() });
  };
  return {
    everything: loaded === undefined || loaded.rows.length === 0 ? undefined : loaded.rows,
    loadAll,
    showAll,
    setShowAll,
  };
}

const keptMs = 10_000;
