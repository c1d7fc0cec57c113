/** One program call of a shell text: its words, and the files that it is redirected to or from. */
export type ShellCall = {
  readonly words: readonly string[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
};

/**
 * The calls in a piece of shell text: pipes, lists, redirections, quotes, comments, continued lines, here-documents and `$(…)`.
 *
 * Not a shell: no loops or functions. What the documents need and not more; throws at an open quote.
 */
export function readShell(text: string): readonly ShellCall[] {
  const calls: ShellCall[] = [];
  let words: string[] = [];
  let redirected: { reads: string[]; writes: string[] } = { reads: [], writes: [] };
  let direction: 'reads' | 'writes' | undefined;
  const endCall = (): void => {
    const named = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
    if (named >= 0) calls.push({ words: words.slice(named), ...redirected });
    words = [];
    redirected = { reads: [], writes: [] };
  };
  for (const token of tokens(withoutHereDocuments(text.replaceAll(/\\\n\s*/g, ' ')))) {
    if (token.kind === 'separator') endCall();
    else if (token.kind === 'redirection') direction = token.text.includes('<') ? 'reads' : 'writes';
    else {
      for (const inner of token.inner) calls.push(...readShell(inner));
      if (direction === undefined) words.push(token.text);
      else redirected[direction].push(token.text);
      direction = undefined;
    }
  }
  endCall();
  return calls;
}

type Token =
  | { readonly kind: 'separator' }
  | { readonly kind: 'redirection'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string; readonly inner: readonly string[] };

/** Sticky patterns, tried in this order at each place. */
const patterns = {
  blank: /[ \t]+|(?<=^|[\s;|&])#[^\n]*/y,
  separator: /\n|&&|\|\||[;|&]/y,
  redirection: /[0-9]?(?:>>|>&|>|<)/y,
  word: /(?:\$\([^()]*(?:\([^()]*\)[^()]*)*\)|'[^']*'|"(?:\\.|\$\([^()]*\)|[^"\\])*"|\\.|[^\s;|&<>'"\\])+/y,
} as const;

function* tokens(text: string): Generator<Token> {
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  while (at < text.length) {
    if (take(patterns.blank) !== undefined) continue;
    if (take(patterns.separator) !== undefined) yield { kind: 'separator' };
    else {
      const redirection = take(patterns.redirection);
      const word = redirection === undefined ? take(patterns.word) : undefined;
      if (redirection !== undefined) yield { kind: 'redirection', text: redirection };
      else if (word === undefined) throw new Error(`no shell text from here on: ${text.slice(at, at + 40)}`);
      else yield { kind: 'word', text: unquote(word), inner: substitutions(word) };
    }
  }
}

function unquote(word: string): string {
  return word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_, single, double, escaped) =>
    String(single ?? double ?? escaped),
  );
}

function substitutions(word: string): readonly string[] {
  return [...word.replaceAll(/'[^']*'/g, '').matchAll(/\$\(((?:[^()]|\([^()]*\))*)\)/g)].map(([, inner = '']) => inner);
}

function withoutHereDocuments(text: string): string {
  return text.replaceAll(/<<-?\s*'?(\w+)'?([^\n]*)\n[^]*?\n\1(?=\n|$)/g, '$2');
}
