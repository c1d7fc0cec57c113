import assert from 'node:assert/strict';

import { Failure } from './failure.ts';
import { describeRedisTarget, parseRedisUrl, type RedisTarget } from './redis-url.ts';

describe('parseRedisUrl', () => {
  it('reads one Redis with its defaults', () => {
    const single = { kind: 'single', tls: false, address: { host: 'cache', port: 6379 }, database: 0 };
    assert.deepEqual(parseRedisUrl('redis://cache'), single);
    assert.deepEqual(parseRedisUrl(' redis://cache:6379/ '), single);
    assert.deepEqual(parseRedisUrl('REDISS://[::1]:7000/3'), {
      kind: 'single',
      tls: true,
      address: { host: '::1', port: 7000 },
      database: 3,
    });
  });

  it('decodes the user and password', () => {
    assert.deepEqual(userOf('redis://me:p%40ss%2f@cache'), ['me', 'p@ss/']);
    assert.deepEqual(userOf('redis://:pass@cache'), [undefined, 'pass']);
    assert.deepEqual(userOf('redis-cluster://me:a:b@x,y:7001'), ['me', 'a:b']);
    assert.deepEqual(userOf('redis://@cache'), [undefined, undefined]);
  });

  it('takes a password with @, /, ? or # in it as it stands', () => {
    assert.deepEqual(userOf('redis://me:a@b/c?d#e@cache:1/2'), ['me', 'a@b/c?d#e']);
  });

  it('reads Sentinels, their master and what they ask for themselves', () => {
    assert.deepEqual(parseRedisUrl('redis-sentinel://a:1,b/my-master/4'), {
      kind: 'sentinel',
      tls: false,
      sentinels: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26_379 },
      ],
      masterName: 'my-master',
      database: 4,
    });
    const target = parseRedisUrl('rediss-sentinel://:x@a/m?sentinel-username=u&sentinel-password=p%40');
    assert.ok(target.kind === 'sentinel' && target.tls);
    assert.deepEqual([target.sentinelUsername, target.sentinelPassword?.reveal()], ['u', 'p@']);
  });

  it('reads a Cluster by some of its nodes', () => {
    assert.deepEqual(parseRedisUrl('redis-cluster://a,10.0.0.1:7001'), {
      kind: 'cluster',
      tls: false,
      nodes: [
        { host: 'a', port: 6379 },
        { host: '10.0.0.1', port: 7001 },
      ],
    });
  });

  it('refuses everything else with what is wrong, and never shows the user, the password or the query', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['', /must begin with/],
      ['cache:6379', /must begin with/],
      ['http://me:hush@cache', /must begin with/],
      ['redis://', /each host/],
      ['redis://me:hush@', /each host/],
      ['redis://me:hush@ca che', /each host/],
      ['redis://me:hush@cache:70000', /port/],
      ['redis://me:hush@cache/x', /database/],
      ['redis://me:hush@cache/0/1', /only a database/],
      ['redis://me:hush@a,b', /one host/],
      ['redis://me:hush@cache?password=hush', /query/],
      ['redis://me:hu%sh@cache', /%25/],
      ['redis://hush@cache', /without a password/],
      ['redis://hush:@cache', /empty/],
      ['redis-sentinel://me:hush@a,b', /name of the master/],
      ['redis-sentinel://a/m?sentinel-pasword=hush', /only sentinel-username/],
      ['redis-cluster://me:hush@a/1', /no databases/],
      ['redis-cluster://me:hu/sh@a,', /each host/],
    ];
    for (const [text, problem] of cases) {
      assert.throws(
        () => parseRedisUrl(text),
        (error) => {
          assert.ok(error instanceof Failure && error.code === 'setting-invalid', text);
          assert.match(error.message, problem);
          assert.ok(!/hush|hu%sh|hu\/sh/.test(error.message + error.hint), `${text} gave ${error.message}`);
          return true;
        },
      );
    }
  });
});

describe('describeRedisTarget', () => {
  it('gives the URL back without what is secret', () => {
    const urls = [
      ['redis://me:hush@cache:1/2', 'redis://cache:1/2'],
      ['rediss://:hush@[::1]', 'rediss://[::1]:6379/0'],
      ['redis-sentinel://:hush@a,b:2/m?sentinel-password=hush', 'redis-sentinel://a:26379,b:2/m/0'],
      ['rediss-cluster://:hush@a', 'rediss-cluster://a:6379'],
    ] as const;
    for (const [url, shown] of urls) assert.equal(describeRedisTarget(parseRedisUrl(url)), shown);
  });
});

function userOf(url: string): readonly [string | undefined, string | undefined] {
  const target: RedisTarget = parseRedisUrl(url);
  return [target.username, target.password?.reveal()];
}
