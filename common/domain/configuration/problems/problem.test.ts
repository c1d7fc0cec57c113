import assert from 'node:assert/strict';
import type { ProblemCode } from './problem-catalog.ts';
import {
  abbreviateAccessKey,
  collectProblems,
  describeProblem,
  maxProblems,
  shorten,
  type Finding,
  type Problem,
} from './problem.ts';

const finding = (code: ProblemCode, start = 0, end = start + 1): Finding => ({
  code,
  span: { start, end },
  message: 'm',
  write: 'w',
});

describe('collectProblems', () => {
  const listed = (findings: readonly Finding[], key = 'k', text = 'ab\ncd'): readonly Problem[] => {
    const problems = collectProblems();
    const report = problems.reportFor(key, text);
    for (const each of findings) report(each);
    return problems.finish();
  };

  it('gives a finding its place, severity and documentation, and nothing that was not found', () => {
    assert.deepEqual(listed([finding('unknown-key', 4)]), [
      {
        code: 'unknown-key',
        severity: 'error',
        key: 'k',
        line: 2,
        column: 2,
        length: 1,
        message: 'm',
        write: 'w',
        docs: 'docs/configuration.md#unknown-key',
      },
    ]);
  });

  it('keeps entry, field and value', () => {
    const [problem] = listed([{ ...finding('unknown-key'), entry: 0, field: 'f', found: 'v' }]);
    assert.deepEqual([problem?.entry, problem?.field, problem?.found], [0, 'f', 'v']);
  });

  it('marks no more than the rest of the line', () => {
    assert.equal(listed([finding('unknown-key', 1, 5)])[0]?.length, 1);
  });

  it('sorts by key in the order of first mention, then by line, then by column', () => {
    const problems = collectProblems();
    const b = problems.reportFor('b', 'x\nyz');
    const a = problems.reportFor('a', 'x');
    a(finding('unknown-key'));
    problems.reportFor('b', 'x\nyz')(finding('unknown-key', 3));
    b(finding('unknown-key', 2));
    b(finding('unknown-key', 0));
    assert.deepEqual(
      problems.finish().map(({ key, line, column }) => `${key} ${line}:${column}`),
      ['b 1:1', 'b 2:1', 'b 2:2', 'a 1:1'],
    );
  });

  it('says the same at the same place once', () => {
    assert.equal(listed([finding('tab'), finding('tab'), finding('tab', 1), finding('indentation')]).length, 3);
  });

  const many = (count: number, code: ProblemCode): readonly Finding[] =>
    Array.from({ length: count }, (_, at) => finding(code, at));

  it('lists as many as the limit, and then says nothing more', () => {
    const text = ' '.repeat(maxProblems + 1);
    assert.ok(listed(many(maxProblems, 'tab'), 'k', text).every(({ code }) => code === 'tab'));
  });

  it('says how many warnings are left out, at the place of the last one', () => {
    const text = ' '.repeat(maxProblems + 1);
    const problems = listed(many(maxProblems + 2, 'tab'), 'k', text);
    assert.equal(problems.length, maxProblems + 1);
    assert.deepEqual(problems.at(-1), {
      code: 'more-warnings',
      severity: 'warning',
      key: 'k',
      line: 1,
      column: maxProblems,
      length: 1,
      message: '2 more problems are not listed, 0 of them errors',
      write: 'put the listed ones right first',
      docs: 'docs/configuration.md#more-warnings',
    });
  });

  it('never lets an error get lost behind warnings', () => {
    const last = listed([...many(maxProblems + 1, 'tab'), finding('unknown-key')]).at(-1);
    assert.deepEqual(
      [last?.code, last?.severity, last?.message],
      ['more-errors', 'error', '2 more problems are not listed, 1 of them errors'],
    );
  });
});

describe('describeProblem', () => {
  const [problem] = ((): readonly Problem[] => {
    const problems = collectProblems();
    problems.reportFor('k', 'ab')({ ...finding('tab', 1), entry: 3 });
    return problems.finish();
  })();
  assert.ok(problem);

  it('names key, entry and place', () => {
    assert.equal(describeProblem(problem), 'warning tab: k[3] line 1 column 2: m (w)');
  });

  it('names no entry where there is none', () => {
    assert.equal(describeProblem({ ...problem, entry: undefined }), 'warning tab: k line 1 column 2: m (w)');
  });

  it('names no place in a file as a whole', () => {
    assert.equal(describeProblem({ ...problem, key: '' }), 'warning tab: m (w)');
  });
});

describe('shorten', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['abcd', 'abcd'],
    ['abcde', 'abc…'],
    ['a \t\nb', 'a b'],
    [' '.repeat(16), ' '],
    [' '.repeat(17), ' …'],
  ];
  for (const [text, short] of cases) {
    it(`makes ${JSON.stringify(short)} of ${JSON.stringify(text)}`, () => assert.equal(shorten(text, 4), short));
  }
});

describe('abbreviateAccessKey', () => {
  it('shows both ends of an id that is long enough to keep the rest', () => {
    assert.equal(abbreviateAccessKey('LTAI5678WXYZ'), 'LTAI…WXYZ');
  });

  it('shows nothing of a short one', () => {
    assert.equal(abbreviateAccessKey('LTAI567WXYZ'), '…');
  });
});
