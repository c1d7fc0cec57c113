import assert from 'node:assert/strict';
import { dirname, join, normalize } from 'node:path';
import { isCommandText } from './command-rules.ts';
import { documentedCommands } from './documented-commands.ts';
import { readDocuments, type Document } from './documents.ts';

const documents = new Map(readDocuments().map((document) => [document.path, document]));
const pairs = [...documents.values()].flatMap((chinese) => {
  const english = documents.get(englishPath(chinese.path));
  return chinese.path === englishPath(chinese.path) || english === undefined ? [] : [[english, chinese] as const];
});

describe('a page in Chinese', () => {
  it('has an English one of the same name, and README, getting started and the migration have one', () => {
    const chinese = [...documents.keys()].filter((path) => path !== englishPath(path));
    assert.deepEqual(
      [chinese.length, pairs.map(([{ path }]) => path)],
      [pairs.length, ['README.md', 'docs/getting-started.md', 'docs/migrating-from-aliyun-acr-credential-helper.md']],
    );
  });

  for (const [english, chinese] of pairs) {
    it(`${chinese.path} has the sections of ${english.path}, in its order`, () => {
      assert.deepEqual(chinese.headingLevels, english.headingLevels);
    });

    it(`${chinese.path} shows the commands of ${english.path}, in its order`, () => {
      assert.deepEqual(fencedCommands(chinese), fencedCommands(english));
    });

    it(`${chinese.path} names the commands and addresses of ${english.path} in its text`, () => {
      assert.deepEqual(missingIn(english, chinese), []);
      assert.deepEqual(missingIn(chinese, english), []);
    });

    it(`${chinese.path} leads to the pages and shows the pictures that ${english.path} does`, () => {
      assert.deepEqual(targetsOf(chinese), targetsOf(english));
    });
  }
});

/** Where the English page of a Chinese one is; any other path stays as it is. */
function englishPath(path: string): string {
  return path.replace('docs/zh-CN/', 'docs/').replace('.zh-CN.md', '.md');
}

/** Without comments behind them, which are translated. */
function fencedCommands(document: Document): readonly string[] {
  return documentedCommands(document).map(({ text }) => text);
}

/** Commands and addresses in the text of the one page that the other shows nowhere. */
function missingIn(one: Document, other: Document): readonly string[] {
  const shown = new Set([...namedIn(other), ...fencedCommands(other)]);
  return namedIn(one).filter((text) => !shown.has(text));
}

function namedIn({ codeSpans, addresses }: Document): readonly string[] {
  return [...codeSpans.filter(({ text }) => isCommandText(text)), ...addresses].map(({ text }) => text);
}

/** Files of the repository, each as the English page, without the page itself in its two languages. */
function targetsOf({ path, links }: Document): readonly string[] {
  const targets = links
    .map(({ text }) => text.split('#')[0] ?? '')
    .filter((text) => text !== '' && !/^(?:https?|mailto):/.test(text))
    .map((text) => englishPath(normalize(join(dirname(path), text))))
    .filter((target) => target !== englishPath(path));
  return [...new Set(targets)].toSorted();
}
