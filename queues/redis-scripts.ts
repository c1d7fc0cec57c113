import { urgencies } from '../common/domain/urgency.ts';
import type { RedisClient } from './connection.ts';

/**
 * Scripts of our own on BullMQ's keys, for what its API cannot do in one step. They amend jobs that BullMQ made and make none.
 * The version of BullMQ is pinned, and the contract suite fails where its layout changes.
 *
 * Keys of BullMQ 6: `de:KEY` holds the id of the job that stands for a key; `dn:KEY` what was added while that job was active and
 * becomes a job when it ends; `delayed`, `prioritized` (score: priority × 2³² + counter `pc`), `wait` (jobs that stalled), `active`.
 */
export type QueueScripts = {
  /**
   * Merges messages into the jobs that wait for the same keys. Answers which ones are done with; the others BullMQ has to add.
   *
   * In one step, because of what may happen between a look and a change:
   *
   *     publisher A:  reads priority 4 ·················· sets 1
   *     publisher B:  ·········· reads priority 4 ·············· sets 2     → the urgent one waits
   *
   *     publisher:    reads "delayed" ························ promotes     → nothing to promote
   *     worker:       ················ job runs, fails, is delayed ·····
   */
  readonly absorb: (
    messages: readonly { readonly key: string; readonly priority: number; readonly json: string }[],
  ) => Promise<boolean[]>;
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

export function queueScripts(client: RedisClient, prefix: string, queue: string): QueueScripts {
  const base = `${prefix}:${queue}:`;
  const scripts = withScripts(client);
  return {
    absorb: async (messages) => {
      const flat = messages.flatMap(({ key, priority, json }) => [key, priority, json]);
      const done = await scripts.acrAbsorb(base, ...flat);
      return done.map((one) => one === 1);
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
  acrAbsorb(base: string, ...flat: (string | number)[]): Promise<number[]>;
  acrWake(base: string, key: string): Promise<number>;
  acrLift(base: string, priorities: number): Promise<number>;
  acrDepth(base: string, priorities: number): Promise<number[]>;
};

function withScripts(client: RedisClient): ScriptedClient {
  if (!('acrAbsorb' in client)) {
    client.defineCommand('acrAbsorb', { numberOfKeys: 1, lua: absorb });
    client.defineCommand('acrWake', { numberOfKeys: 1, lua: wake });
    client.defineCommand('acrLift', { numberOfKeys: 1, lua: lift });
    client.defineCommand('acrDepth', { numberOfKeys: 1, lua: depth });
  }
  return client as unknown as ScriptedClient;
}

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

const absorb = `${common}
local function absorb(key, priority, data)
  local id = call('GET', base .. 'de:' .. key)
  if not id then return 0 end
  local job = base .. id
  local own = tonumber(call('HGET', job, 'priority'))
  if not own then return 0 end
  if call('ZREM', base .. 'delayed', id) == 1 then
    local _, again = takeAgain(key)
    local urgent = math.min(own, priority, again or priority)
    call('HSET', job, 'data', data, 'priority', urgent, 'delay', 0)
    wait(id, urgent)
    return 1
  end
  local next = base .. 'dn:' .. key
  local opts = call('HGET', next, 'opts')
  if opts then
    local decoded = cjson.decode(opts)
    decoded.priority = math.min(decoded.priority or priority, priority)
    call('HSET', next, 'data', data, 'opts', cjson.encode(decoded))
    return 1
  end
  if call('ZSCORE', base .. 'prioritized', id) then
    call('HSET', job, 'data', data)
    if priority < own then
      call('HSET', job, 'priority', priority)
      wait(id, priority)
    end
    return 1
  end
  if call('LPOS', base .. 'wait', id) then
    call('HSET', job, 'data', data)
    return 1
  end
  if not call('LPOS', base .. 'active', id) then
    -- In no list: Redis lost a part of what it knew. The key would be blocked for ever.
    call('DEL', base .. 'de:' .. key, job, job .. ':lock')
  end
  return 0
end

local done = {}
for i = 1, #ARGV, 3 do done[#done + 1] = absorb(ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]) end
return done
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
