import { html } from 'htm/preact';
import { h, type VNode } from 'preact';
import type { ConfigurationStatus, LatestEdit } from '../../../common/domain/status/status.ts';
import type { PageConfiguration } from '../view/page-model.ts';
import { MomentInWords } from './moment.ts';
import { TypedText } from './typed-text.ts';

export type ConfigurationProps = {
  readonly status: ConfigurationStatus;
  readonly typed: PageConfiguration;
  readonly now: number;
};

/** What the helper works by, as somebody typed it; what is wrong with the latest edit, and how to go on. */
export function ConfigurationSection({ status, typed, now }: ConfigurationProps): VNode {
  const { configMap, inForce, latestEdit } = status;
  return html`
    <section class="configuration" aria-labelledby="configuration-title">
      <h2 id="configuration-title">Configuration in force</h2>
      <p>
        ${
          inForce === undefined
            ? html`<span class="badge missing">✗ none</span>`
            : html`${inForce.registries === 1 ? '1 registry, version ' : `${inForce.registries} registries, version `}<code>${inForce.version.slice(0, 8)}</code>${
                inForce.since !== undefined && html`, since ${h(MomentInWords, { at: inForce.since, now })}`
              }`
        }
        <span class="quiet"> from ConfigMap <code>${configMap}</code></span>
      </p>
      ${latestEdit !== undefined && h(EditInWords, { edit: latestEdit, configMap, now })}
      ${
        typed.inForce !== undefined &&
        html`<details>
          <summary>The text that is in force</summary>
          ${h(TypedText, { typed: typed.inForce, label: 'ConfigMap in force' })}
        </details>`
      }
      ${
        typed.latest === undefined
          ? html`<p class="quiet">
              ${latestEdit === undefined ? 'The text is shown by the process that plays the role watcher.' : ''}
            </p>`
          : h(TypedText, { typed: typed.latest, label: typed.inForce === undefined ? 'ConfigMap' : 'Latest edit' })
      }
    </section>
  `;
}

function EditInWords({
  edit,
  configMap,
  now,
}: {
  readonly edit: LatestEdit;
  readonly configMap: string;
  readonly now: number;
}): VNode | null {
  const when = h(MomentInWords, { at: edit.at, now });
  switch (edit.state) {
    case 'accepted':
      return edit.warnings.length === 0
        ? null
        : html`<p class="badge failing">! accepted with ${count(edit.warnings.length, 'warning')}</p>`;
    case 'refused':
      return html`<p class="edit bad">
        <strong>✗ The latest edit is refused</strong> (${when}):
        ${` ${count(edit.problems.length, 'problem')}. ${kept(edit.keepsLastGood)}`}
      </p>`;
    case 'missing':
      return html`<p class="edit bad">
        <strong>✗ There is no ConfigMap ${configMap}</strong> (${when}). ${kept(edit.keepsLastGood)}
      </p>`;
    case 'held-back': {
      const [namespace, name] = configMap.split('/');
      const stopped = edit.detached + edit.loggedOut;
      return html`<div class="edit warning">
        <p>
          <strong>! The latest edit is held back</strong> (${when}):
          ${` it would stop ${stopped} of ${edit.attached} accounts that pull today. ${kept(edit.keepsLastGood)}`}
        </p>
        <p>→ undo it, or confirm it:</p>
        <pre
          tabindex="0"
          aria-label="Command that confirms the edit"
        ><code>${`kubectl -n ${namespace} annotate configmap ${name} --overwrite \\\n  acr-credential-helper/confirm=${edit.hash}`}</code></pre>
      </div>`;
    }
  }
}

function kept(keepsLastGood: boolean): string {
  return keepsLastGood ? 'The last good configuration stays in force.' : 'The helper waits for a good one.';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
