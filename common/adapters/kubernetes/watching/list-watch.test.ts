import assert from 'node:assert/strict';

import { added, event, list, namedSecrets as spec, take, takeItems } from '../testing/named-secrets.ts';
import { listAndWatch } from './list-watch.ts';
import { json, refusal, startScriptedApi, stream, type ScriptedApi, type Step } from '../testing/scripted-api.ts';
import { watchLimits, type WatchLimits, type WatchObserver } from './watch-tools.ts';

describe('list-watch', () => {
  let api: ScriptedApi;
  let stop: AbortController;

  beforeEach(() => {
    stop = new AbortController();
  });

  afterEach(async () => {
    stop.abort();
    await api.stop();
  });

  const follow = async (steps: readonly Step[], more: Options = {}) => {
    api = await startScriptedApi(steps);
    const tools = {
      client: api.client(),
      observer: more.observer ?? {},
      clock: Date.now,
      random: more.random ?? (() => 0),
      limits: { ...watchLimits, ...more.limits },
    };
    return listAndWatch(spec, tools, stop.signal);
  };
  const versions = () => api.requests.map(({ query }) => query.get('resourceVersion'));

  describe('lists', () => {
    it('deliver each page as it comes, then all keys with the version of the snapshot', async () => {
      const steps = [list('7', ['a', 'b'], 'more'), list('7', ['c'])];
      const events = await take(3, await follow(steps));
      assert.deepEqual(events, [
        { type: 'page', items: ['a', 'b'], resourceVersion: '7' },
        { type: 'page', items: ['c'], resourceVersion: '7' },
        { type: 'listed', keys: new Set(['a', 'b', 'c']), resourceVersion: '7' },
      ]);
    });

    it('ask for one consistent snapshot in pages of 500', async () => {
      await take(2, await follow([list('7', ['a'], 'more'), list('7', ['b'])]));
      const queries = api.requests.slice(0, 2).map(({ query }) => Object.fromEntries(query));
      assert.deepEqual(queries, [
        { limit: '500', fieldSelector: 'metadata.name=x' },
        { limit: '500', fieldSelector: 'metadata.name=x', continue: 'more' },
      ]);
    });

    it('of nothing end at once', async () => {
      const events = await take(1, await follow([json({ metadata: { resourceVersion: '7' }, items: null })]));
      assert.deepEqual(events, [{ type: 'listed', keys: new Set(), resourceVersion: '7' }]);
    });

    it('start again when the snapshot expired between two pages', async () => {
      const steps = [list('7', ['gone'], 'more'), refusal(410, 'Expired'), list('9', ['a'], 'on'), list('9', ['b'])];
      const events = await take(4, await follow(steps));
      assert.deepEqual(events.at(-1), { type: 'listed', keys: new Set(['a', 'b']), resourceVersion: '9' });
      assert.equal(api.requests[2]?.query.get('continue'), null);
    });

    it('go on with the same page after a failure that passes', async () => {
      const steps = [list('7', ['a'], 'more'), refusal(500, 'InternalError'), list('7', ['b'])];
      const events = await take(3, await follow(steps, quick));
      assert.deepEqual(events.at(-1), { type: 'listed', keys: new Set(['a', 'b']), resourceVersion: '7' });
      assert.equal(api.requests[2]?.query.get('continue'), 'more');
    });

    it('wait before they begin for whoever wants to note what was known by then', async () => {
      const order: string[] = [];
      api = await startScriptedApi([list('7', ['a']), refusal(410, 'Expired'), list('20', ['b'])]);
      const tools = { client: api.client(), observer: {}, clock: Date.now, random: () => 0, limits: watchLimits };
      const beforeList = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(`asked for ${api.requests.length}`);
      };
      await take(4, listAndWatch(spec, tools, stop.signal, beforeList));
      assert.deepEqual(order, ['asked for 0', 'asked for 2']);
    });

    it('end at once when they are aborted while the server does not answer', async () => {
      const events = await follow([]);
      const next = events.next();
      setTimeout(() => stop.abort(), 20);
      assert.equal((await next).done, true);
    });
  });

  describe('watches', () => {
    it('follow from the version of the list, with bookmarks and a time limit', async () => {
      const steps = [list('7', []), stream((write) => write(added('a', '8')))];
      const events = await take(2, await follow(steps, { random: () => 0.5 }));
      assert.deepEqual(events[1], { type: 'changed', items: ['a'] });
      const query = Object.fromEntries(api.requests[1]?.query ?? []);
      assert.deepEqual(query, {
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: '7',
        timeoutSeconds: '35',
        fieldSelector: 'metadata.name=x',
      });
    });

    it('deliver what arrives together as one batch', async () => {
      const lines = added('a', '8') + event('MODIFIED', 'b', '9') + event('DELETED', 'c', '10');
      const events = await take(2, await follow([list('7', []), stream((write) => write(lines))]));
      assert.deepEqual(events[1], { type: 'changed', items: ['a', 'b', 'deleted c'] });
    });

    it('put together lines and characters that are cut anywhere', async () => {
      const bytes = Buffer.from(added('grün', '8') + added('b', '9'));
      const steps = [list('7', []), stream((write) => writeSlowly(bytes, write))];
      const items = await takeItems(2, await follow(steps));
      assert.deepEqual(items, ['grün', 'b']);
    });

    it('resume at once from the last version seen when the server ends them', async () => {
      const once = stream((write, response) => {
        write(added('a', '8'));
        response.end();
      });
      const steps = [list('7', []), once, stream((write) => write(added('b', '9')))];
      assert.deepEqual(await takeItems(2, await follow(steps, slow)), ['a', 'b']);
      assert.deepEqual(versions(), [null, '7', '8']);
    });

    it('resume from a bookmark', async () => {
      const bookmark = stream((write, response) => {
        write('{"type":"BOOKMARK","object":{"kind":"Secret","metadata":{"resourceVersion":"50"}}}\n');
        setTimeout(() => response.end(), 20);
      });
      const steps = [list('7', []), bookmark, stream((write) => write(added('b', '51')))];
      assert.deepEqual(await takeItems(1, await follow(steps, slow)), ['b']);
      assert.deepEqual(versions(), [null, '7', '50']);
    });

    it('resume at once from the last whole line when they are cut in mid-line', async () => {
      const cut = stream((write, response) => {
        write(`${added('a', '8')}{"type":"ADDED","object":{"metad`);
        setTimeout(() => response.destroy(), 20);
      });
      const steps = [list('7', []), cut, stream((write) => write(added('b', '9')))];
      assert.deepEqual(await takeItems(2, await follow(steps, slow)), ['a', 'b']);
      assert.deepEqual(versions(), [null, '7', '8']);
    });

    it('wait between watches that end without having brought anything', async () => {
      const empty = stream((_, response) => void response.end());
      const waits: number[] = [];
      const random = () => {
        waits.push(0);
        return 0;
      };
      const steps = [list('7', []), empty, empty, empty, stream((write) => write(added('a', '8')))];
      await takeItems(1, await follow(steps, { random }));
      // One random number for the time limit of each of the four watches, and one for the wait after the second and third end.
      assert.equal(waits.length, 6);
    });

    it('are given up and resumed when nothing comes any more', async () => {
      const problems: string[] = [];
      const steps = [list('7', []), stream(() => undefined), stream((write) => write(added('a', '8')))];
      const observer: WatchObserver = { problem: (_, failure) => void problems.push(failure.message) };
      const items = await takeItems(1, await follow(steps, { observer, limits: { stallSeconds: 0.1 } }));
      assert.deepEqual(items, ['a']);
      assert.match(problems[0] ?? '', /the watch of secrets is dead: nothing came from .* for 0\.1 s/);
    });

    for (const [how, step] of [
      ['a status', refusal(410, 'Expired')],
      ['an ERROR event', stream((write) => write(`{"type":"ERROR","object":{"kind":"Status","code":410}}\n`))],
    ] as const) {
      it(`list again when they are too far behind, told by ${how}`, async () => {
        const causes: string[] = [];
        const observer: WatchObserver = { listing: (_, cause) => void causes.push(cause) };
        const events = await take(3, await follow([list('7', ['a']), step, list('20', ['b'])], { observer }));
        assert.deepEqual(events[2], { type: 'page', items: ['b'], resourceVersion: '20' });
        assert.deepEqual(causes, ['start', 'expired']);
      });
    }

    it('list again rather than pass over a line that cannot be read', async () => {
      const steps = [list('7', []), stream((write) => write('{"type":"ADDED"\n')), list('9', ['a'])];
      const events = await take(2, await follow(steps));
      assert.deepEqual(events[1], { type: 'page', items: ['a'], resourceVersion: '9' });
    });

    it('list again rather than hold a line of any length', async () => {
      const steps = [list('7', []), stream((write) => write('x'.repeat(300))), list('9', ['a'])];
      const events = await take(2, await follow(steps, { limits: { maxLineBytes: 200 } }));
      assert.deepEqual(events[1], { type: 'page', items: ['a'], resourceVersion: '9' });
    });

    it('wait as long as a throttling server says', async () => {
      const steps = [list('7', []), refusal(429, 'TooManyRequests', { headers: { 'retry-after': '1' } })];
      const events = await follow([...steps, stream((write) => write(added('a', '8')))]);
      await take(1, events);
      const next = events.next();
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(api.requests.length, 2);
      assert.deepEqual((await next).value, { type: 'changed', items: ['a'] });
    });

    it('tell of an outage once, and of its end', async () => {
      const told: string[] = [];
      const observer: WatchObserver = {
        problem: (_, failure) => void told.push(failure.code),
        recovered: () => void told.push('recovered'),
      };
      const down = refusal(503, 'ServiceUnavailable');
      const steps = [list('7', []), down, down, down, list('7', []), stream((write) => write(added('a', '8')))];
      await takeItems(1, await follow(steps, { ...quick, observer }));
      assert.deepEqual(told, ['kubernetes-error', 'recovered']);
    });

    it('count as well when they stay open, though nothing happens', async () => {
      let recovered = (): void => undefined;
      const told = new Promise<void>((resolve) => {
        recovered = resolve;
      });
      const steps = [list('7', []), refusal(503, 'ServiceUnavailable'), list('7', []), stream(() => undefined)];
      const events = await follow(steps, { observer: { recovered }, limits: { minBackOffMs: 1, settleSeconds: 0.05 } });
      await take(1, events);
      void events.next();
      await told;
    });

    it('tell when they last heard from the server', async () => {
      const times: number[] = [];
      const observer: WatchObserver = { activity: (_, at) => void times.push(at) };
      const startedAt = Date.now();
      await takeItems(1, await follow([list('7', []), stream((write) => write(added('a', '8')))], { observer }));
      assert.ok(times.length >= 2 && times.every((at) => at >= startedAt));
    });

    it('end when they are aborted', async () => {
      const events = await follow([list('7', []), stream(() => undefined)]);
      await take(1, events);
      const next = events.next();
      setTimeout(() => stop.abort(), 20);
      assert.equal((await next).done, true);
    });

    it('hold back the server while their reader is behind, and lose nothing', async () => {
      const total = 4_000;
      const filler = 'x'.repeat(10_000);
      let unsent = (): number => 0;
      const many = stream((write, response) => {
        unsent = () => response.writableLength;
        for (let n = 0; n < total; n++) write(added(`${n}-${filler}`, String(8 + n)));
      });
      const events = await follow([list('7', []), many], { limits: { maxPending: 10 } });
      const first = (await take(2, events))[1];
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.ok(unsent() > 0, 'the server could send 40 MB to a reader that does not read');
      const items = first?.type === 'changed' ? first.items : [];
      const rest = await takeItems(total - items.length, events);
      assert.deepEqual(
        [...items, ...rest].map((item) => item.split('-')[0]),
        Array.from({ length: total }, (_, n) => String(n)),
      );
    });
  });
});

type Options = {
  readonly random?: () => number;
  readonly observer?: WatchObserver;
  readonly limits?: Partial<WatchLimits>;
};

/** Hardly any back-off. */
const quick: Options = { limits: { minBackOffMs: 1 } };

/** With a back-off so long that a test which waits for it does not end. */
const slow: Options = { random: () => 1, limits: { minBackOffMs: 60_000, maxBackOffMs: 60_000 } };

function writeSlowly(bytes: Buffer, write: (chunk: Buffer) => void): void {
  const size = 7;
  const next = (at: number): void => {
    if (at >= bytes.length) return;
    write(bytes.subarray(at, at + size));
    setTimeout(() => next(at + size), 1);
  };
  next(0);
}
