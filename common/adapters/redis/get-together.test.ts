import assert from 'node:assert/strict';

import { getTogether } from './get-together.ts';

describe('strings that are read together', () => {
  const values = new Map([
    ['a', '1'],
    ['b', '2'],
  ]);

  it('all that are asked for before anybody waits take one command, each key once', async () => {
    const commands: (readonly string[])[] = [];
    const get = getTogether((_what, keys) => {
      commands.push(keys);
      return Promise.resolve(keys.map((key) => values.get(key) ?? null));
    });
    const answers = await Promise.all([get('x', 'a'), get('x', 'b'), get('x', 'missing'), get('x', 'a')]);
    assert.deepEqual(answers, ['1', '2', null, '1']);
    assert.deepEqual(commands, [['a', 'b', 'missing']]);
  });

  it('whoever asks while a command is under way gets an answer of a command that is sent afterwards', async () => {
    const answers: ((text: string) => void)[] = [];
    const get = getTogether(() => new Promise((resolve) => void answers.push((text) => resolve([text]))));
    const first = get('x', 'a');
    await Promise.resolve();
    const second = get('x', 'a');
    await Promise.resolve();
    assert.equal(answers.length, 2);
    answers[0]?.('old');
    answers[1]?.('new');
    assert.deepEqual(await Promise.all([first, second]), ['old', 'new']);
  });

  it('a command that fails fails for all who asked, and for nobody afterwards', async () => {
    let isUp = false;
    const get = getTogether((_what, keys) =>
      isUp ? Promise.resolve(keys.map(() => 'here')) : Promise.reject(new Error('no connection')),
    );
    const failed = await Promise.allSettled([get('x', 'a'), get('x', 'b')]);
    assert.deepEqual(
      failed.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    isUp = true;
    assert.equal(await get('x', 'a'), 'here');
  });
});
