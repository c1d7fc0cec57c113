import { html } from 'htm/preact';
import { h, type VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { NamespaceStatus } from '../../../common/domain/status/status.ts';
import { stateWords, windowOf } from '../view/namespace-list.ts';

/** Namespaces one below the other. Where they are many only those in view are drawn, each one line high. */
export function NamespaceTable({ rows }: { readonly rows: readonly NamespaceStatus[] }): VNode {
  const [view, setView] = useState({ scrollTop: 0, height: 400 });
  const isVirtual = rows.length > drawnMax;
  const { start, end } = isVirtual
    ? windowOf(rows.length, view.scrollTop, view.height, rowHeight)
    : { start: 0, end: rows.length };
  return html`
    <div
      class=${isVirtual ? 'namespaces virtual' : 'namespaces'}
      tabindex="0"
      role="region"
      aria-label="Namespaces"
      onScroll=${({ currentTarget }: { readonly currentTarget: HTMLElement }) =>
        setView({ scrollTop: currentTarget.scrollTop, height: currentTarget.clientHeight })}
    >
      <div role="table" aria-label="Namespaces" aria-rowcount=${rows.length + 1}>
        <div role="row" class="unseen" aria-rowindex="1">
          <span role="columnheader">Namespace</span><span role="columnheader">State</span>
          <span role="columnheader">Accounts</span><span role="columnheader">Reason</span>
        </div>
        ${isVirtual && html`<div role="presentation" style=${{ height: `${start * rowHeight}px` }}></div>`}
        ${rows.slice(start, end).map((row, index) => h(NamespaceRow, { key: row.name, row, index: start + index }))}
        ${isVirtual && html`<div role="presentation" style=${{ height: `${(rows.length - end) * rowHeight}px` }}></div>`}
      </div>
    </div>
  `;
}

const drawnMax = 250;
/** In px, as the style sheet has it. */
const rowHeight = 26;

function NamespaceRow({ row, index }: { readonly row: NamespaceStatus; readonly index: number }): VNode {
  const { name, state, reasons, accounts } = row;
  const reason = reasons.join('; ');
  return html`
    <div role="row" class="namespace ${state}" aria-rowindex=${index + 2}>
      <span role="rowheader" class="name" title=${name}>${name}</span>
      <span role="cell" class="badge ${state}">${marks[state]} ${stateWords[state]}</span>
      <span role="cell" class="quiet accounts"
        >${state === 'not-selected' ? '' : `${accounts.attached}/${accounts.selected}`}</span
      >
      <span role="cell" class="reason" title=${reason}>${reason}</span>
    </div>
  `;
}

const marks = {
  served: '✓',
  'no-credential': '✗',
  'secret-missing': '!',
  'secret-outdated': '!',
  'account-unattached': '!',
  'secret-of-another': '!',
  'not-selected': '·',
} as const satisfies Record<NamespaceStatus['state'], string>;
