/**
 * Hides what stands after a name that says that it is a secret. Done by the letters, not by the YAML: a text with a slip in it
 * must not give a secret away either. `before` is the line above, where the name may stand alone. The length is kept.
 */
export function maskSecrets(line: string, before = ''): string {
  if (endsWithSecretName.test(before.slice(-120)))
    return maskFrom(line, /^[\s"'-]*/.exec(line)?.[0].length ?? 0, line.length);
  const name = secretName();
  let masked = line;
  for (let match = name.exec(line); match !== null; match = name.exec(line)) {
    const start = match.index + match[0].length;
    const end = endOfSecret(line, start, match[1]);
    masked = maskFrom(masked, start, end);
    name.lastIndex = Math.max(end, name.lastIndex);
    if (end === line.length) break;
  }
  return masked;
}

// Every repetition has a bound: the line may be a megabyte long. Names that end in "Ref" name a Secret and hide nothing.
const namePart = String.raw`(?:secret|password|passwd|token|accesskey)(?![\w.-]{0,40}ref\b)[\w.-]{0,40}["'”’\\]{0,4}`;
const endsWithSecretName = new RegExp(String.raw`${namePart}\s{0,20}[:：=]?\s{0,20}[|>]?[-+]?\s{0,20}$`, 'i');

function secretName(): RegExp {
  return new RegExp(String.raw`${namePart}(?:\s{0,20}[:：=]\s{0,20}|\s{1,20})(\\?"|'|“|‘)?`, 'gi');
}

/** To the closing quote; without a quote to the end of the line, because a secret may hold any character. */
function endOfSecret(line: string, start: number, quote: string | undefined): number {
  if (quote === undefined) return line.length;
  const closing = quote === '“' ? '”' : quote === '‘' ? '’' : quote;
  const end = line.indexOf(closing, start);
  return end < 0 ? line.length : end;
}

function maskFrom(line: string, start: number, end: number): string {
  return line.slice(0, start) + '*'.repeat(Math.max(0, end - start)) + line.slice(end);
}
