import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { parseDocument, readDocuments } from './documents.ts';

const documents = new Map(readDocuments().map((document) => [document.path, document]));

describe('links in the documentation', () => {
  for (const { path, links } of documents.values()) {
    it(`${path} leads only to files and headings that there are`, () => {
      const broken = links.filter(({ text }) => !/^(?:https?|mailto):/.test(text) && !resolves(path, text));
      assert.deepEqual(broken, []);
    });
  }

  it('reach every page of docs/ from README.md', () => {
    const reached = new Set(['README.md']);
    for (const path of reached) {
      for (const { text } of documents.get(path)?.links ?? []) {
        const target = targetOf(path, text);
        if (documents.has(target)) reached.add(target);
        // A link to a folder shows what is in it.
        else for (const other of documents.keys()) if (dirname(other) === target.replace(/\/$/, '')) reached.add(other);
      }
    }
    const lonely = [...documents.keys()].filter((path) => path.startsWith('docs/') && !reached.has(path));
    assert.deepEqual(lonely, []);
  });

  it('have anchors as GitHub makes them', () => {
    const text =
      '# `a-code`\n## What it *is*, and is not!\n## Twice\n## Twice\n## 操作步骤\n```sh\n# no heading\n```\n';
    assert.deepEqual(
      [...parseDocument('x.md', text).anchors],
      ['a-code', 'what-it-is-and-is-not', 'twice', 'twice-1', '操作步骤'],
    );
  });
});

function resolves(from: string, link: string): boolean {
  const anchor = link.split('#')[1];
  const target = targetOf(from, link);
  if (!existsSync(join(repositoryRoot(), target))) return false;
  return anchor === undefined || documents.get(target)?.anchors.has(decodeURIComponent(anchor)) === true;
}

function targetOf(from: string, link: string): string {
  const path = link.split('#')[0] ?? '';
  return path === '' ? from : normalize(join(dirname(from), path));
}
