/**
 * Foreign text made fit for a message: one line, bounded, and without any of the secrets that went into the call, as they are or
 * percent-encoded. Whoever answers may echo what it was sent.
 */
export function readableText(text: string, secrets: readonly string[], longest = 200): string {
  const clean = hide(text.slice(0, longestRead), secrets)
    // What was signed follows here; with older signature versions it holds the security token.
    .replace(/\s*server string to sign is:.*$/is, '')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}

/** Shorter ones would blank out ordinary words; real secrets have 30 characters and more. */
const shortestSecret = 6;
const longestRead = 100_000;

function hide(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .flatMap((secret) => (secret.length < shortestSecret ? [] : [secret, encodeURIComponent(secret)]))
    // Where one is the beginning of another, the longer one has to be tried first.
    .toSorted((a, b) => b.length - a.length)
    .map((form) => form.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`));
  return forms.length === 0 ? text : text.replaceAll(new RegExp(forms.join('|'), 'g'), '[secret]');
}
