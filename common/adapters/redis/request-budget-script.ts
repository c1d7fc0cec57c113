/**
 * One take from the token bucket that all processes share, in one step. The same arithmetic as `domain/token-bucket.ts`.
 *
 * KEYS: the bucket (hash `tokens`, `filledAt` in ms), who asked lately (sorted set: process → ms).
 * ARGV: the process, tokens per second, wanted, the time in ms or '' for Redis's own.
 * Answers with how many are granted, ms to wait when none is, and how many processes asked in the last ten seconds.
 */
export const requestBudgetScript = `
local process, perSecond, wanted, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local capacity = math.max(1, perSecond / 10)
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'filledAt')
local tokens = math.min(tonumber(kept[1] or capacity), capacity)
tokens = math.min(capacity, tokens + math.max(0, now - tonumber(kept[2] or now)) / 1000 * perSecond)
local granted = math.min(wanted, math.floor(tokens))
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens - granted), 'filledAt', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], 60000)
redis.call('ZADD', KEYS[2], now, process)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - 10000)
redis.call('PEXPIRE', KEYS[2], 60000)
local wait = 0
if granted == 0 then wait = math.ceil((1 - tokens) / perSecond * 1000) end
return { granted, wait, redis.call('ZCARD', KEYS[2]) }
`;
