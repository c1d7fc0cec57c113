import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { chartHasValue, chartSections } from './chart-values.ts';
import { commandProblems, isCommandText } from './command-rules.ts';
import { documentedCommands } from './documented-commands.ts';
import { readDocuments } from './documents.ts';
import { notRun, reasonsFor } from './not-run.ts';
import { readShell } from './shell-words.ts';

const documents = readDocuments();

describe('commands in the documentation', () => {
  for (const { path, fences, codeSpans } of documents) {
    it(`${path} shows only commands, flags, scripts, chart values and files that there are`, () => {
      const problems = documentedCommands({ path, fences }).flatMap(({ text, line }) => problemsOf(path, line, text));
      const inProse = codeSpans
        .filter(({ text }) => isCommandText(text))
        .flatMap(({ text, line }) => problemsOf(path, line, text))
        // Prose may name a command without what it is given.
        .filter((problem) => !problem.includes(' needs <'));
      assert.deepEqual([...problems, ...inProse], []);
    });

    it(`${path} has the program built before npx looks for it, which else remembers that there is none`, () => {
      const commands = documentedCommands({ path, fences }).map(({ text }) => text);
      const first = commands.findIndex((text) => text.startsWith('npx acr-credential-helper '));
      assert.ok(first < 0 || commands.slice(0, first).includes('npm ci'), commands[first]);
    });

    it(`${path} names only files of the repository and values of the chart that there are`, () => {
      const missing = codeSpans.filter(({ text }) => isPathOfOurs(text) && !existsSync(join(repositoryRoot(), text)));
      const unknown = codeSpans.filter(({ text }) => isChartValue(text) && !chartHasValue(text.split('=')[0] ?? ''));
      assert.deepEqual([...missing, ...unknown], []);
    });
  }

  it('are many: the documents are found and their fences are read', () => {
    const commands = documents.flatMap(documentedCommands);
    assert.ok(commands.length > 50, `only ${commands.length} commands were found`);
  });

  it('that are not run have one reason each, and there is no reason for a command that there is not', () => {
    const calls = documents.flatMap(documentedCommands).map(({ text }) => text);
    const several = calls.filter((text) => reasonsFor(text).length > 1);
    const idle = notRun.filter(({ command }) => !calls.some((text) => command.test(text)));
    assert.deepEqual([several, idle], [[], []]);
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['acr-credential-helper chek file', /no command chek/],
    ['acr-credential-helper check', /check needs <file/],
    ['npx acr-credential-helper run --kube-confg x', /run has no flag --kube-confg/],
    ['npx acr-credential-helper doctor', /doctor needs <file> for --kubeconfig/],
    ['npm run demmo', /no script/],
    ['helm install a deploy/helm/acr-credential-helper --set redis.bundeld.enabled=true', /no value redis\.bundeld/],
    ['helm install a deploy/helm/other', /is no chart/],
    ['helm upgrade a deploy/helm/acr-credential-helper --reuse-values', /--reuse-values: not known here/],
    ['kubectl -n x get secrts', /secrts is no kind/],
    ['kubectl apply -k deploy/kustomize/overlays/prod', /nothing for kustomize/],
    ['echo "$(kubectl gte pods)" | cat', /kubectl gte: no such verb/],
  ];
  for (const [text, problem] of wrong) {
    it(`would be found wrong, such as: ${text}`, () => assert.match(problemsOf('x', 1, text).join('\n'), problem));
  }
});

function problemsOf(path: string, line: number, text: string): readonly string[] {
  return readShell(text).flatMap(({ words }) => commandProblems(words).map((problem) => `${path}:${line} ${problem}`));
}

function isPathOfOurs(text: string): boolean {
  return (
    /^(?:services|queues|common|deploy|tests|docs|\.github)\/[\w./-]*$/.test(text) && !/^deploy\/[\w-]+$/.test(text)
  );
}

function isChartValue(text: string): boolean {
  const [, section = ''] = /^([a-zA-Z]+)(?:\.[a-zA-Z]+)+(?:=\S*)?$/.exec(text) ?? [];
  return chartSections().has(section) && !/\.(?:conf|ya?ml|json|ts)$/.test(text);
}
