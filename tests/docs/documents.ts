import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';

/** A Markdown file of the repository, taken apart. */
export type Document = {
  /** From the top of the checkout. */
  readonly path: string;
  readonly fences: readonly Fence[];
  /** What stands between backticks, outside of fences. */
  readonly codeSpans: readonly Placed[];
  /** Targets of links and pictures, as written. */
  readonly links: readonly Placed[];
  /** Web addresses that stand in the text, as links or bare. */
  readonly addresses: readonly Placed[];
  /** 1 for `#`, 2 for `##`, … in their order. */
  readonly headingLevels: readonly number[];
  /** The anchors of its headings, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
};

export type Fence = { readonly language: string; readonly line: number; readonly lines: readonly string[] };

export type Placed = { readonly text: string; readonly line: number };

/** EVERY document that somebody reads on GitHub. */
export function readDocuments(): readonly Document[] {
  const root = repositoryRoot();
  const inFolders = ['docs', 'deploy', '.github'].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`)
      : [],
  );
  return [...readdirSync(root), ...inFolders]
    .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
    .toSorted()
    .map((path) => parseDocument(path, readFileSync(join(root, path), 'utf8')));
}

export function parseDocument(path: string, text: string): Document {
  const fences: Fence[] = [];
  const prose: Placed[] = [];
  let open: { readonly indent: string; readonly language: string; readonly line: number; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent = '', language = ''] = /^(\s*)```(\S*)\s*$/.exec(line) ?? [];
    const isFence = /^\s*```\S*\s*$/.test(line);
    if (open === undefined && isFence) open = { indent, language, line: index + 1, lines: [] };
    else if (open !== undefined && isFence) {
      fences.push(open);
      open = undefined;
    } else if (open === undefined) prose.push({ text: line, line: index + 1 });
    else open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
  }
  return {
    path,
    fences,
    codeSpans: codeSpansIn(prose),
    links: linksIn(prose),
    addresses: addressesIn(prose),
    headingLevels: prose.flatMap(({ text: line }) => /^(#{1,6})\s/.exec(line)?.[1]?.length ?? []),
    anchors: anchorsOf(prose),
  };
}

function codeSpansIn(prose: readonly Placed[]): readonly Placed[] {
  return prose.flatMap(({ text, line }) =>
    [...text.matchAll(/`([^`]+)`/g)].map(([, span = '']) => ({ text: span.replaceAll('\\|', '|'), line })),
  );
}

function linksIn(prose: readonly Placed[]): readonly Placed[] {
  return prose.flatMap(({ text, line }) =>
    [...text.replaceAll(/`[^`]+`/g, '``').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({
      text: target,
      line,
    })),
  );
}

function addressesIn(prose: readonly Placed[]): readonly Placed[] {
  return prose.flatMap(({ text, line }) =>
    [...text.matchAll(/https?:\/\/[\w.:/-]+/g)].map(([address]) => ({ text: address.replace(/[.:]$/, ''), line })),
  );
}

/** Lower case, without punctuation, blanks as hyphens; a heading that occurs again gets `-1`, `-2`, … */
function anchorsOf(prose: readonly Placed[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const { text } of prose) {
    const [, heading] = /^#{1,6}\s+(.*)$/.exec(text) ?? [];
    if (heading === undefined) continue;
    const plain = heading.replaceAll('`', '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const slug = plain
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-');
    let unique = slug;
    for (let again = 1; anchors.has(unique); again += 1) unique = `${slug}-${again}`;
    anchors.add(unique);
  }
  return anchors;
}
