import assert from 'node:assert/strict';
import { duration, moment } from './moments.ts';
import { createProgress } from './progress.ts';
import { renderRows } from './screen.ts';

describe('the screen of a command', () => {
  it('aligns cells, and puts what is below a row under its last cell', () => {
    const lines = renderRows(
      [
        { mark: 'good', cells: ['Secret', 'written'] },
        { mark: 'bad', cells: ['credential', 'none'], below: ['→ do this'] },
        { mark: 'none', cells: ['no cells'] },
      ],
      { colour: false },
    );
    assert.deepEqual(lines, [
      '  ✓ Secret      written',
      '  ✗ credential  none',
      '                → do this',
      '    no cells',
    ]);
  });

  it('repeats in colour what the mark says, and nothing else', () => {
    assert.deepEqual(renderRows([{ mark: 'bad', cells: ['a', 'b'] }], { colour: true }), [
      '  \u001B[31m✗\u001B[0m a  b',
    ]);
  });
});

describe('a moment', () => {
  const at = (hours: number, minutes: number, seconds: number, day = 24): number =>
    new Date(2026, 10, day, hours, minutes, seconds).getTime();

  it('is relative and absolute', () => {
    assert.equal(moment(at(14, 5, 10), at(13, 24, 0)), 'in 41 min (14:05:10)');
    assert.equal(moment(at(13, 4, 51), at(13, 5, 10)), '19 s ago (13:04:51)');
  });

  it('names the day where it is another one', () => {
    assert.equal(moment(at(1, 0, 0, 25), at(20, 0, 0)), 'in 5 h (2026-11-25 01:00:00)');
  });

  it('is given in the largest unit of which there are two', () => {
    assert.deepEqual([0.4, 119, 120, 7199, 7200, 200_000].map(duration), [
      '0 s',
      '119 s',
      '2 min',
      '119 min',
      '2 h',
      '2 days',
    ]);
  });
});

describe('progress', () => {
  it('is silent for two seconds, then drawn over itself on a terminal and gone at the end', () => {
    let now = 0;
    const written: string[] = [];
    const progress = createProgress({ write: (text) => written.push(text), isTerminal: true, clock: () => now });
    progress.tell('listing', 1, 4);
    now = 2000;
    progress.tell('listing', 2, 4);
    progress.end();
    assert.deepEqual(written, ['\r\u001B[Klisting [##########..........] 2 of 4', '\r\u001B[K']);
  });

  it('is a line now and then elsewhere', () => {
    let now = 0;
    const written: string[] = [];
    const progress = createProgress({ write: (text) => written.push(text), isTerminal: false, clock: () => now });
    for (now = 0; now <= 15_000; now += 1000) progress.tell('accounts', now / 1000);
    progress.end();
    assert.deepEqual(written, ['accounts 2\n', 'accounts 12\n']);
  });
});
