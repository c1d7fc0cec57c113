import { urgencies } from '../common/domain/urgency.ts';
import type { RedisClient } from './connection.ts';

/**
 * Scripts of our own on BullMQ's keys, for what its API cannot do in one step. What they add is what BullMQ would add, and BullMQ does
 * the rest. Its version is pinned, and the contract suite fails where its layout changes.
 *
 * Keys of BullMQ 6: `de:KEY` holds the id of the job that stands for a key; `dn:KEY` what was added while that job was active and
 * becomes a job when it ends; `delayed`, `prioritized` (score: priority × 2³² + counter `pc`), `wait` (jobs that stalled), `active`.
 */
export type QueueScripts = {
  /**
   * Merges messages into the jobs that wait for the same keys, and adds jobs for the others.
   *
   * In one step, for one round trip instead of two, and because of what may happen between a look and a change:
   *
   *     publisher A:  reads priority 4 ·················· sets 1
   *     publisher B:  ·········· reads priority 4 ·············· sets 2     → the urgent one waits
   *
   *     publisher:    reads "delayed" ························ promotes     → nothing to promote
   *     worker:       ················ job runs, fails, is delayed ·····
   */
  readonly publish: (name: string, jobs: readonly PublishedJob[], publishedAtMs: number) => Promise<void>;
  /** Whether the key was added again while its job is active. */
  readonly isPublishedAgain: (key: string) => Promise<boolean>;
  /**
   * To be called when an active job was delayed: wakes it if its key was added again at the last moment.
   *
   *     worker:     nothing added again? ················· delays the job ······· wakes it
   *     publisher:  ····················· adds it again ··················                  → else it would wait out the delay
   */
  readonly wakeIfPublishedAgain: (key: string) => Promise<void>;
  /** Puts one message in front of all others: the oldest of those that are less urgent than the most urgent that waits. */
  readonly lift: () => Promise<void>;
  /** Counts, and when the oldest of a sample was published (ms since the epoch, 0: none). Cheap however long the queue is. */
  readonly depth: () => Promise<{
    readonly waiting: number;
    readonly active: number;
    readonly delayed: number;
    readonly oldestMs: number;
  }>;
};

/** A message as BullMQ keeps it, should there be no job for its key yet. */
export type PublishedJob = {
  readonly id: string;
  readonly key: string;
  /** From 1, the most urgent. */
  readonly priority: number;
  readonly data: string;
  readonly options: string;
};

export function queueScripts(client: RedisClient, prefix: string, queue: string): QueueScripts {
  const base = `${prefix}:${queue}:`;
  const scripts = withScripts(client);
  return {
    publish: async (name, jobs, publishedAtMs) => {
      const flat = jobs.flatMap(({ id, key, priority, data, options }) => [id, key, priority, data, options]);
      await scripts.acrPublish(base, name, publishedAtMs, eventsKept, ...flat);
    },
    isPublishedAgain: async (key) => (await client.exists(`${base}dn:${key}`)) === 1,
    wakeIfPublishedAgain: async (key) => {
      await scripts.acrWake(base, key);
    },
    lift: async () => {
      await scripts.acrLift(base, urgencies.length);
    },
    depth: async () => {
      const [waiting = 0, active = 0, delayed = 0, oldestMs = 0] = await scripts.acrDepth(base, urgencies.length);
      return { waiting, active, delayed, oldestMs };
    },
  };
}

type ScriptedClient = {
  acrPublish(base: string, ...given: (string | number)[]): Promise<null>;
  acrWake(base: string, key: string): Promise<number>;
  acrLift(base: string, priorities: number): Promise<number>;
  acrDepth(base: string, priorities: number): Promise<number[]>;
};

function withScripts(client: RedisClient): ScriptedClient {
  if (!('acrPublish' in client)) {
    client.defineCommand('acrPublish', { numberOfKeys: 1, lua: publish });
    client.defineCommand('acrWake', { numberOfKeys: 1, lua: wake });
    client.defineCommand('acrLift', { numberOfKeys: 1, lua: lift });
    client.defineCommand('acrDepth', { numberOfKeys: 1, lua: depth });
  }
  return client as unknown as ScriptedClient;
}

/** BullMQ writes a stream of events that nobody here reads. */
const eventsKept = 100;

const common = `
local base = KEYS[1]
local call = redis.call

-- As BullMQ's addJobWithPriority does; the marker is what an idle worker waits for.
local function wait(id, priority)
  call('ZADD', base .. 'prioritized', priority * 0x100000000 + call('INCR', base .. 'pc') % 0x100000000, id)
  if not call('HGET', base .. 'meta', 'paused') then call('ZADD', base .. 'marker', 0, '0') end
end

-- What was added while the job was active is taken over by the job itself.
local function takeAgain(key)
  local again = call('HMGET', base .. 'dn:' .. key, 'data', 'opts')
  if not again[2] then return nil end
  call('DEL', base .. 'dn:' .. key)
  return again[1], cjson.decode(again[2]).priority
end
`;

const publish = `${common}
local name, now = ARGV[1], ARGV[2]

local function add(id, key, priority, data, options)
  call('SET', base .. 'de:' .. key, id)
  call('HSET', base .. id, 'name', name, 'data', data, 'opts', options, 'timestamp', now, 'delay', 0, 'priority', priority, 'deid', key)
  wait(id, priority)
end

-- True when nothing is left to add.
local function merge(id, key, priority, data, options)
  local standing = call('GET', base .. 'de:' .. key)
  if not standing then return false end
  local job = base .. standing
  local own = tonumber(call('HGET', job, 'priority'))
  if not own then return false end
  if call('ZREM', base .. 'delayed', standing) == 1 then
    local _, again = takeAgain(key)
    local urgent = math.min(own, priority, again or priority)
    call('HSET', job, 'data', data, 'priority', urgent, 'delay', 0)
    wait(standing, urgent)
    return true
  end
  local next = base .. 'dn:' .. key
  local opts = call('HGET', next, 'opts')
  if opts then
    local decoded = cjson.decode(opts)
    decoded.priority = math.min(decoded.priority or priority, priority)
    call('HSET', next, 'data', data, 'opts', cjson.encode(decoded))
    return true
  end
  if call('ZSCORE', base .. 'prioritized', standing) then
    call('HSET', job, 'data', data)
    if priority < own then
      call('HSET', job, 'priority', priority)
      wait(standing, priority)
    end
    return true
  end
  if call('LPOS', base .. 'wait', standing) then
    call('HSET', job, 'data', data)
    return true
  end
  if call('LPOS', base .. 'active', standing) then
    call('HSET', next, 'name', name, 'data', data, 'opts', options, 'jid', id)
    return true
  end
  -- In no list: Redis lost a part of what it knew. The key would be blocked for ever.
  call('DEL', job, job .. ':lock')
  return false
end

call('HSETNX', base .. 'meta', 'opts.maxLenEvents', ARGV[3])
for i = 4, #ARGV, 5 do
  local id, key, priority, data, options = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3], ARGV[i + 4]
  if not merge(id, key, priority, data, options) then add(id, key, priority, data, options) end
end
return nil
`;

const wake = `${common}
local key = ARGV[1]
local id = call('GET', base .. 'de:' .. key)
if not id or not call('ZSCORE', base .. 'delayed', id) then return 0 end
local data, priority = takeAgain(key)
if not data then return 0 end
local job = base .. id
local urgent = math.min(tonumber(call('HGET', job, 'priority')) or priority, priority)
call('ZREM', base .. 'delayed', id)
call('HSET', job, 'data', data, 'priority', urgent, 'delay', 0, 'atm', 0, 'progress', 0)
wait(id, urgent)
return 1
`;

// The score 0 comes before that of any priority. The job keeps its own priority, with which it comes back if it fails.
const lift = `
local base = KEYS[1]
local call = redis.call
local first = call('ZRANGE', base .. 'prioritized', 0, 0, 'WITHSCORES')[2]
if not first then return 0 end
local oldest, since
for priority = math.floor(tonumber(first) / 0x100000000) + 1, tonumber(ARGV[1]) do
  local from, to = priority * 0x100000000, '(' .. (priority + 1) * 0x100000000
  local id = call('ZRANGEBYSCORE', base .. 'prioritized', from, to, 'LIMIT', 0, 1)[1]
  local published = id and tonumber(call('HGET', base .. id, 'timestamp'))
  if published and (not since or published < since) then oldest, since = id, published end
end
if not oldest then return 0 end
call('ZADD', base .. 'prioritized', 0, oldest)
return 1
`;

const depth = `
local base = KEYS[1]
local call = redis.call
local oldest = nil
local function look(ids)
  for _, id in ipairs(ids) do
    local published = tonumber(call('HGET', base .. id, 'timestamp'))
    if published and (not oldest or published < oldest) then oldest = published end
  end
end
look(call('LRANGE', base .. 'wait', -100, -1))
for priority = 1, tonumber(ARGV[1]) do
  look(call('ZRANGEBYSCORE', base .. 'prioritized', priority * 0x100000000, '(' .. (priority + 1) * 0x100000000, 'LIMIT', 0, 50))
end
look(call('ZRANGE', base .. 'delayed', 0, 99))
look(call('ZRANGE', base .. 'delayed', -100, -1))
return {
  call('LLEN', base .. 'wait') + call('ZCARD', base .. 'prioritized'),
  call('LLEN', base .. 'active'),
  call('ZCARD', base .. 'delayed'),
  oldest or 0,
}
`;
