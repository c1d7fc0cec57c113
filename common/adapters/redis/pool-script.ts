/**
 * Keeps a text if nobody changed it since it was read, and answers with what there is afterwards and the time.
 *
 * KEYS: the text. ARGV: the text that was read (empty: there was none), the new one (empty: only look), and the milliseconds
 * after which it is forgotten.
 *
 * The time is Redis's own: the processes that share a pool run on machines whose clocks differ.
 */
export const poolScript = `
local current = redis.call('GET', KEYS[1]) or ''
local kept = 0
if ARGV[2] ~= '' and current == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  current = ARGV[2]
  kept = 1
end
local time = redis.call('TIME')
return {kept, current, tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)}
`;
