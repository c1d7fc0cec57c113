import assert from 'node:assert/strict';
import { namespace } from '../../tests/fixtures/values.ts';
import type { ObservedChange } from '../../common/domain/namespaces/observation.ts';
import type { WatchEvent } from '../../common/ports/cluster-watcher.ts';
import { followNamespaces } from './follow-namespaces.ts';

type Event = WatchEvent<ObservedChange>;

function changed(name: string, isThere = true): Event {
  const state = isThere ? namespace({ name, labels: { of: name } }) : undefined;
  return { type: 'changed', items: [{ kind: 'namespace', namespace: name, resourceVersion: '1', state }] };
}

describe('followNamespaces', () => {
  let push: (event: Event) => Promise<void>;
  let stop: AbortController;
  let known: ReturnType<typeof followNamespaces>;

  beforeEach(() => {
    stop = new AbortController();
    const waiting: ((event: Event | undefined) => void)[] = [];
    let taken = (): void => undefined;
    async function* events(): AsyncGenerator<Event> {
      for (;;) {
        const event = await new Promise<Event | undefined>((resolve) => waiting.push(resolve));
        if (event === undefined) return;
        yield event;
        taken();
      }
    }
    stop.signal.addEventListener('abort', () => waiting.pop()?.(undefined));
    push = (event) =>
      new Promise((resolve) => {
        taken = resolve;
        waiting.pop()?.(event);
      });
    known = followNamespaces({ watchNamespaces: () => events() }, stop.signal, 20);
  });

  afterEach(async () => {
    stop.abort();
    await known.ended;
  });

  it('tells what it saw, and nothing of what is gone', async () => {
    await push(changed('shop'));
    assert.deepEqual(await known.find('shop'), { name: 'shop', labels: { of: 'shop' }, ignored: false });
    await push(changed('shop', false));
    assert.equal(await known.find('shop'), undefined);
  });

  it('waits a moment for one that it has not seen', async () => {
    const found = known.find('shop');
    await push(changed('shop'));
    assert.equal((await found)?.name, 'shop');
  });

  it('forgets what a later list does not hold, and is complete after the first', async () => {
    await push(changed('old'));
    assert.equal(known.isComplete(), false);
    await push({ type: 'listed', keys: new Set(['new']), resourceVersion: '2' });
    assert.equal(known.isComplete(), true);
    assert.equal(await known.find('old'), undefined);
  });
});
