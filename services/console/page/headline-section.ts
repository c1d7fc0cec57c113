import { html } from 'htm/preact';
import { h, type VNode } from 'preact';
import type { Headline } from '../../../common/domain/status/status.ts';
import { MomentInWords } from './moment.ts';

/** Can pods pull? */
export function HeadlineSection({ headline, now }: { readonly headline: Headline; readonly now: number }): VNode {
  const { level, sentence, deadline, remedy } = headline;
  return html`
    <section class="headline ${level}" aria-labelledby="headline">
      <span class="symbol" aria-hidden="true">${symbols[level]}</span>
      <div>
        <h1 id="headline" aria-live="polite"><span class="unseen">${spoken[level]}</span>${sentence}</h1>
        ${remedy !== undefined && html`<p class="remedy"><span aria-hidden="true">→ </span>${remedy}</p>`}
        ${
          deadline !== undefined &&
          html`<p class="quiet">
            ${deadline.what === 'next renewal' ? 'Next renewal ' : 'First expiry '}
            ${h(MomentInWords, { at: deadline.at, now })}
          </p>`
        }
      </div>
    </section>
  `;
}

/** The same in the tab of the browser, which may be the only thing of the page that is seen. */
export function showInTab({ level, sentence }: Headline): void {
  document.title = `${symbols[level]} ${sentence}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${colours[level]}"/></svg>`;
  document.getElementById('icon')?.setAttribute('href', `data:image/svg+xml,${encodeURIComponent(svg)}`);
}

const symbols = { good: '✓', warning: '!', bad: '✗' } as const;
const spoken = { good: 'All is well: ', warning: 'Warning: ', bad: 'Trouble: ' } as const;
const colours = { good: '#1a7f37', warning: '#bf8700', bad: '#cf222e' } as const;
