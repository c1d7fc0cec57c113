import assert from 'node:assert/strict';
import { WatchedNames } from './watched-names.ts';

describe('WatchedNames', () => {
  let names: WatchedNames;
  let told: string[];

  beforeEach(() => {
    names = new WatchedNames(['one', 'two', 'one']);
    told = [];
    names.follow({
      added: (name) => told.push(`added ${name}`),
      dropped: (name) => told.push(`dropped ${name}`),
      givenUp: (name) => told.push(`given up ${name}`),
    });
  });

  it('begins with each name once', () => {
    assert.deepEqual(names.first, ['one', 'two']);
  });

  it('tells of a new name, once', () => {
    names.add(['two', 'three']);
    names.add(['three']);
    assert.deepEqual(told, ['added three']);
  });

  it('tells of a name that goes, once', () => {
    names.drop(['two', 'three']);
    names.drop(['two']);
    assert.deepEqual([told, names.all()], [['dropped two'], ['one']]);
  });

  it('gives up only what was not listed', () => {
    names.markListed('one');
    names.giveUp(['one', 'two', 'three']);
    assert.deepEqual(told, ['given up two']);
  });

  it('takes no more names than there may be watches', () => {
    names.add(Array.from({ length: 1000 }, (_item, index) => `name-${index}`));
    assert.equal(names.all().length, 200);
  });

  it('tells nothing any more to whoever has left', () => {
    const left: string[] = [];
    const silent = { dropped: () => undefined, givenUp: () => undefined };
    const leave = names.follow({ ...silent, added: (name) => left.push(name) });
    leave();
    names.add(['three']);
    assert.deepEqual(left, []);
  });
});
