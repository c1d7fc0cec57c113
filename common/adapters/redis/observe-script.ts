import { firstEra } from './era-scripts.ts';

/**
 * Takes a batch of changes over, each in one step, so that several watchers may tell the same things at the same time.
 *
 * KEYS: the set of names, the era, the newest versions; then for each change its `observed` hash and its `deleted` string.
 * ARGV: milliseconds that a deletion is remembered, the era in which the changes were seen (empty: this one), the version of the list
 * that they are a page of (empty: of none); then for each change namespace, field, version and stored text (empty: deleted). A stored
 * text is `<version> <age> <relevance>`: what stands behind the second blank says whether it made a difference. A deletion is
 * `<era> <version>`: it means nothing in another era.
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
local era = redis.call('GET', KEYS[2]) or '${firstEra}'
if ARGV[2] ~= '' and ARGV[2] ~= era then return {} end
local changed, newest = {}, {}
for i = 1, (#KEYS - 3) / 2 do
  local hash, deleted = KEYS[2 * i + 2], KEYS[2 * i + 3]
  local namespace, field = ARGV[4 * i], ARGV[4 * i + 1]
  local version, text = ARGV[4 * i + 2], ARGV[4 * i + 3]
  local kind = string.match(field, '^%a+')
  if not newest[kind] or newer(version, newest[kind]) then newest[kind] = version end
  local before = redis.call('HGET', hash, field)
  local beforeVersion, beforeRelevance
  if before then beforeVersion, beforeRelevance = string.match(before, '^(%d+) %S+ (.*)$') end
  local known = beforeVersion
  if not known then
    local deletedIn, deletedAt = string.match(redis.call('GET', deleted) or '', '^(%S+) (%d+)$')
    if deletedIn == era then known = deletedAt end
  end
  if text == '' then
    if not beforeVersion or not newer(beforeVersion, version) then
      if beforeVersion or not known or newer(version, known) then
        redis.call('SET', deleted, era .. ' ' .. version, 'PX', ARGV[1])
      end
      if before then
        redis.call('HDEL', hash, field)
        if redis.call('EXISTS', hash) == 0 then redis.call('SREM', KEYS[1], namespace) end
        changed[#changed + 1] = { i, before }
      end
    end
  else
    local isNews = not known
    if known and ARGV[3] == '' then isNews = newer(version, known) end
    if known and ARGV[3] ~= '' then isNews = before ~= text and not newer(known, ARGV[3]) end
    if isNews then
      redis.call('HSET', hash, field, text)
      if not before then redis.call('SADD', KEYS[1], namespace) end
      if beforeRelevance ~= string.match(text, '^%d+ %S+ (.*)$') then changed[#changed + 1] = { i, before or '' } end
    end
  end
end
for kind, version in pairs(newest) do
  local known = redis.call('HGET', KEYS[3], kind)
  if not known or newer(version, known) then redis.call('HSET', KEYS[3], kind, version) end
end
return changed
`;
