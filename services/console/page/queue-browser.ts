/**
 * Mends from outside what bull-board's pages lack for people who listen or use a keyboard only: names of buttons that have but a picture,
 * and a heading. Entry of a bundle of its own, which `queue-browser.css` goes with.
 */
const names: Readonly<Record<string, string>> = {
  maximize: 'Full screen',
  minimize: 'Leave full screen',
  settings: 'Settings of this page',
  'circle-user': 'Links',
  'ellipsis-vertical': 'More',
  copy: 'Copy',
};

function mend(): void {
  for (const button of document.querySelectorAll('button:not([aria-label]):not([title]):has(svg)')) {
    if (button.textContent !== '') continue;
    const picture = /\blucide-([a-z-]+)/.exec(button.querySelector('svg')?.getAttribute('class') ?? '')?.[1] ?? '';
    button.setAttribute('aria-label', names[picture] ?? picture.replaceAll('-', ' '));
  }
  // The words stand beside it.
  for (const logo of document.querySelectorAll(`img[alt="${CSS.escape(document.title)}"]`))
    logo.setAttribute('alt', '');
  // A message has a heading of the fifth level right below the first.
  for (const heading of document.querySelectorAll('main h5')) heading.setAttribute('aria-level', '2');
  const main = document.querySelector('main');
  if (main === null || [...document.querySelectorAll('h1')].some((heading) => heading.checkVisibility())) return;
  const heading = document.createElement('h1');
  heading.className = 'only-heard';
  heading.textContent = 'Queues';
  main.prepend(heading);
}

new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
mend();
