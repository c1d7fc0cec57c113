import { html } from 'htm/preact';
import { h, type VNode } from 'preact';
import type {
  TypedConfiguration,
  TypedKey,
  TypedLine,
  TypedProblem,
} from '../../../common/domain/status/typed-configuration.ts';

/** A ConfigMap as somebody typed it, each problem under its line. */
export function TypedText({ typed, label }: { readonly typed: TypedConfiguration; readonly label: string }): VNode {
  return html`
    <div class="typed" tabindex="0" role="region" aria-label=${label}>
      ${typed.problems.map((problem) => h(ProblemText, { problem }))}
      ${typed.keys.map((typedKey) => h(KeyText, { key: typedKey.key, typedKey }))}
      ${typed.moreLines > 0 && html`<p class="quiet">${typed.moreLines} more lines are not shown.</p>`}
    </div>
  `;
}

/** One line stands behind its key, several under it, as in YAML. */
function KeyText({ typedKey: { key, lines } }: { readonly typedKey: TypedKey }): VNode {
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) {
    return html`<div class="line"><b>${key}:</b> ${h(LineText, { line: only })}</div>`;
  }
  return html`
    <div class="line"><b>${key}:</b> ${lines.length === 0 ? '""' : '|'}</div>
    ${lines.map(
      (line, index) =>
        html`<div class="line numbered" key=${index} data-number=${index + 1}>${h(LineText, { line })}</div>`,
    )}
  `;
}

function LineText({ line: { text, problems } }: { readonly line: TypedLine }): VNode {
  const mark = problems.find((problem) => problem.mark !== undefined)?.mark;
  const worst = problems.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
  return html`
    <span class="text"
      >${
        mark === undefined
          ? text
          : html`${text.slice(0, mark.start)}<mark class=${worst}>${text.slice(mark.start, mark.end) || ' '}</mark
              >${text.slice(mark.end)}`
      }</span
    >
    ${problems.map((problem) => h(ProblemText, { problem }))}
  `;
}

function ProblemText({ problem }: { readonly problem: TypedProblem }): VNode {
  const { severity, code, message, write } = problem;
  return html`<p class=${`problem ${severity}`}>
    <strong>${severity} ${code}</strong> ${message}<br /><span aria-hidden="true">→ </span>${write}
  </p>`;
}
