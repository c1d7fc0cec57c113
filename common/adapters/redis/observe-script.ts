/**
 * Takes a batch of changes over, each in one step, so that several watchers may tell the same things at the same time.
 *
 * KEYS: the set of names; then for each change its `observed` hash and its `deleted` string.
 * ARGV: milliseconds that a deletion is remembered; then for each change namespace, field, version and stored text (empty:
 * deleted). A stored text is `<version> <age> <relevance>`: what stands behind the second blank says whether it made a
 * difference.
 *
 * Answers with a pair for each change that made a difference: its position, from 1, and the text that was stored before (empty:
 * none). Whether a plan may depend on it is for the caller to say. The order of versions is that of `isNewer`.
 *
 * Why a deletion is remembered: a second watcher, or the answer to a write, may be behind.
 *
 *     watcher A   added v5 ── deleted v7
 *     watcher B                           added v5 (late): without the memory it would bring back the dead
 */
export const observeScript = `
local function newer(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end
local changed = {}
for i = 1, (#KEYS - 1) / 2 do
  local hash, deleted = KEYS[2 * i], KEYS[2 * i + 1]
  local namespace, field = ARGV[4 * i - 2], ARGV[4 * i - 1]
  local version, text = ARGV[4 * i], ARGV[4 * i + 1]
  local before = redis.call('HGET', hash, field)
  local beforeVersion, beforeRelevance
  if before then beforeVersion, beforeRelevance = string.match(before, '^(%d+) %S+ (.*)$') end
  if text == '' then
    if not beforeVersion or not newer(beforeVersion, version) then
      local known = redis.call('GET', deleted)
      if not known or newer(version, known) then redis.call('SET', deleted, version, 'PX', ARGV[1]) end
      if before then
        redis.call('HDEL', hash, field)
        if redis.call('EXISTS', hash) == 0 then redis.call('SREM', KEYS[1], namespace) end
        changed[#changed + 1] = { i, before }
      end
    end
  else
    local known = beforeVersion or redis.call('GET', deleted)
    if not known or newer(version, known) then
      redis.call('HSET', hash, field, text)
      if not before then redis.call('SADD', KEYS[1], namespace) end
      if beforeRelevance ~= string.match(text, '^%d+ %S+ (.*)$') then changed[#changed + 1] = { i, before or '' } end
    end
  end
end
return changed
`;
