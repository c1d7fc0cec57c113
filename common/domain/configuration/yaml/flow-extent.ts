/** Where brackets end that open a value, or where they are nested too deep. */
export type FlowExtent = { readonly end: number } | { readonly tooDeepAt: number };

/**
 * Passes a list or mapping in brackets that is known to start at `start`, as the YAML parser would: quoted texts and comments
 * are skipped, so that a long line of JSON is measured by its nesting and not by its length. Each colon without a comma after
 * it counts as a level, because the parser takes what follows as a mapping inside.
 */
export function passFlow(text: string, start: number, maxLevels: number): FlowExtent {
  let open = 0;
  let colons = 0;
  /** Whether a quote would start a quoted text here. */
  let tokenStart = true;
  /** Behind a quoted name the colon needs no space after it. */
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? '';
    if (isSpace(character)) continue;
    if (character === '#' && isSpace(text[at - 1] ?? '')) {
      at = endOfLine(text, at);
    } else if ((character === '"' || character === "'") && tokenStart) {
      at = closingQuote(text, at, character);
      quoted = true;
      continue;
    } else if ((character === '&' || character === '!') && tokenStart) {
      while (at + 1 < text.length && !/[\s,[\]{}]/.test(text[at + 1] ?? '')) at++;
    } else if (character === '[' || character === '{') {
      open++;
      colons = 0;
      tokenStart = true;
    } else if (character === ']' || character === '}') {
      open--;
      colons = 0;
      tokenStart = true;
      if (open === 0) return { end: at + 1 };
    } else if (character === ',') {
      colons = 0;
      tokenStart = true;
    } else if (isIndicator(character, text[at + 1] ?? ' ', quoted)) {
      colons++;
      tokenStart = true;
    } else {
      tokenStart = false;
    }
    quoted = false;
    if (open > maxLevels || colons > maxLevels) return { tooDeepAt: at };
  }
  return { end: text.length };
}

/** A colon or question mark that opens a level. */
function isIndicator(character: string, next: string, quoted: boolean): boolean {
  return character === ':' ? quoted || isSpace(next) : character === '?' && isSpace(next);
}

function closingQuote(text: string, open: number, quote: string): number {
  for (let at = open + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (quote === '"' || text[at + 1] !== quote) return at;
      at++;
    }
  }
  return text.length;
}

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}
