import assert from 'node:assert/strict';

import { added, list, namedSecrets, take, takeItems } from '../testing/named-secrets.ts';
import { refusal, startScriptedApi, stream, type ScriptedApi, type Step } from '../testing/scripted-api.ts';
import { listAndWatch } from './list-watch.ts';
import { watchLimits } from './watch-tools.ts';

describe('watches of a server that may have been restored', () => {
  let api: ScriptedApi;
  let stop: AbortController;

  beforeEach(() => {
    stop = new AbortController();
  });

  afterEach(async () => {
    stop.abort();
    await api.stop();
  });

  const follow = async (steps: readonly Step[]) => {
    api = await startScriptedApi(steps);
    const limits = { ...watchLimits, minBackOffMs: 1 };
    const tools = { client: api.client(), observer: {}, clock: Date.now, random: () => 0, limits };
    return listAndWatch(namedSecrets, tools, stop.signal);
  };
  const versions = () => api.requests.map(({ query }) => query.get('resourceVersion'));

  it('list again when the server has gone back behind them while it was away', async () => {
    const steps = [list('500', ['old']), refusal(503, 'Unavailable'), list('310', ['a']), list('311', ['a', 'b'])];
    const events = await take(4, await follow(steps));
    assert.deepEqual(events.slice(2), [
      { type: 'page', items: ['a', 'b'], resourceVersion: '311' },
      { type: 'listed', keys: new Set(['a', 'b']), resourceVersion: '311' },
    ]);
    assert.deepEqual(
      api.requests.map(({ query }) => query.get('limit')),
      ['500', null, '1', '500'],
    );
  });

  it('go on from where they were when the server that was away has not gone back', async () => {
    const steps = [
      list('7', []),
      refusal(503, 'Unavailable'),
      list('9', []),
      stream((write) => write(added('a', '10'))),
    ];
    assert.deepEqual(await takeItems(1, await follow(steps)), ['a']);
    assert.deepEqual(versions(), [null, '7', null, '7']);
  });

  it('ask after a silent watch that followed a cut, and never after one that brought something', async () => {
    const cut = stream((_, response) => void setTimeout(() => response.destroy(), 20));
    const silent = stream((_, response) => void setTimeout(() => response.end(), 20));
    const bookmark = stream((write, response) => {
      write('{"type":"BOOKMARK","object":{"kind":"Secret","metadata":{"resourceVersion":"7"}}}\n');
      setTimeout(() => response.end(), 20);
    });
    const steps = [list('7', []), cut, bookmark, cut, silent, list('7', [])];
    assert.deepEqual(await takeItems(1, await follow([...steps, stream((write) => write(added('a', '8')))])), ['a']);
    assert.deepEqual(versions(), [null, '7', '7', '7', '7', null, '7']);
  });

  it('never resume from an older version than they began with', async () => {
    const older = stream((write, response) => {
      write('{"type":"BOOKMARK","object":{"kind":"Secret","metadata":{"resourceVersion":"6"}}}\n');
      setTimeout(() => response.end(), 20);
    });
    const steps = [list('7', []), older, stream((write) => write(added('a', '8')))];
    assert.deepEqual(await takeItems(1, await follow(steps)), ['a']);
    assert.deepEqual(versions(), [null, '7', '7']);
  });

  it('start again when a page cannot be had: a server that was restored does not know the snapshot', async () => {
    const error = refusal(500, 'InternalError');
    const steps = [list('500', ['gone'], 'more'), error, error, list('310', ['a'])];
    const events = await take(3, await follow(steps));
    assert.deepEqual(events.at(-1), { type: 'listed', keys: new Set(['a']), resourceVersion: '310' });
    assert.equal(api.requests[3]?.query.get('continue'), null);
  });
});
