import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { metricTable } from '../../common/runtime/metric-table.ts';
import { dashboards } from '../../deploy/grafana/dashboards.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { alertAdvice } from './alert-advice.ts';

type Rule = {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

const rules = ['recording-rules.yaml', 'alert-rules.yaml'].flatMap((file) => {
  const text = readFileSync(join(repositoryRoot(), 'deploy', 'prometheus', file), 'utf8');
  return (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
});
const alerts = rules.filter(({ alert }) => alert !== undefined);
const panels = Object.values(dashboards).flatMap(({ rows }) => rows.flatMap((row) => row.panels));
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...panels.flatMap(({ questions }) => questions.map(({ expression }) => expression)),
];

/** Of metrics of the list and of recording rules. */
function namesIn(expression: string): readonly string[] {
  return expression.match(/\bacr_helper[a-zA-Z0-9_:]*/g) ?? [];
}

describe('rules and dashboards', () => {
  it('name only metrics of the list, and recorded ones that a rule records', () => {
    const recorded = rules.flatMap(({ record }) => record ?? []);
    const known = new Set<string>(recorded);
    for (const [name, { kind }] of Object.entries(metricTable)) {
      for (const suffix of kind === 'histogram' ? ['_bucket', '_count', '_sum'] : ['']) known.add(name + suffix);
    }
    const unknown = expressions.flatMap((expression) => namesIn(expression).filter((name) => !known.has(name)));
    assert.deepEqual(unknown, []);
  });

  it('use every metric of the list, so that nothing is measured that nobody looks at', () => {
    const used = new Set(expressions.flatMap((expression) => namesIn(expression)));
    const unused = Object.keys(metricTable).filter((name) => !used.has(name) && !used.has(`${name}_bucket`));
    assert.deepEqual(unused, []);
  });

  it('ask only for labels that the metric has', () => {
    const wrong = expressions.flatMap((expression) =>
      [...expression.matchAll(/\b(acr_helper_\w+?)(?:_bucket|_count|_sum)?\{([^}]*)\}/g)].flatMap(
        ([text, name = '', selectors = '']) => {
          const { labels } = metricTable[name as keyof typeof metricTable] as { labels: readonly string[] };
          const asked = [...selectors.matchAll(/(\w+)\s*(?:=|!=|=~|!~)/g)].flatMap(([, label]) => label ?? []);
          return asked.every((label) => label === 'le' || labels.includes(label)) ? [] : [text];
        },
      ),
    );
    assert.deepEqual(wrong, []);
  });

  it('are about metrics whose labels are not those that Prometheus gives to what it scrapes: it would rename ours', () => {
    const taken = new Set(['instance', 'job', 'pod', 'namespace', 'container', 'endpoint', 'service']);
    const clashes = Object.entries(metricTable).filter(([, { labels }]) => labels.some((label) => taken.has(label)));
    assert.deepEqual(clashes, []);
  });

  for (const { alert = '', labels, annotations } of alerts) {
    it(`${alert} has a severity, says what is wrong, and leads to its heading in docs/failure-modes.md`, () => {
      assert.match(labels?.['severity'] ?? '', /^(critical|warning)$/);
      assert.ok(annotations?.['summary'] !== undefined && annotations['description'] !== undefined);
      assert.ok(annotations['runbook_url']?.endsWith(`/docs/failure-modes.md#${alert.toLowerCase()}`));
      const page = readFileSync(join(repositoryRoot(), 'docs', 'failure-modes.md'), 'utf8');
      assert.ok(page.includes(`\n### ${alert}\n`), `docs/failure-modes.md has no heading ${alert}`);
    });
  }

  it('have no advice for an alert that there is not', () => {
    assert.deepEqual(Object.keys(alertAdvice).toSorted(), alerts.map(({ alert }) => alert ?? '').toSorted());
  });

  it('say of every panel what to read from it', () => {
    assert.deepEqual(
      panels.filter(({ description }) => description.length < 10).map(({ title }) => title),
      [],
    );
  });
});
