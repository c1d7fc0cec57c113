/** The era of a Redis in which none was begun, as after a `FLUSHALL`. */
export const firstEra = 'first';

/**
 * Forgets what was observed and begins another era, in one step: whoever reads or tells something sees the old one or the new one.
 *
 * KEYS: the era, the set of names, then what is to be forgotten beside the namespaces. ARGV: the era that is to be over, the new one,
 * what the key of a namespace begins with. Answers 1, or 0 where another era has begun already.
 *
 * The keys of the namespaces are put together here, because those that are there are known only in this very step; the hash tag
 * keeps them on the node of the others. Ten thousand of them take some 20 ms; that happens once in the life of a cluster, if at all.
 */
export const beginEraScript = `
if (redis.call('GET', KEYS[1]) or '${firstEra}') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
for _, name in ipairs(redis.call('SMEMBERS', KEYS[2])) do redis.call('UNLINK', ARGV[3] .. name) end
for i = 2, #KEYS do redis.call('UNLINK', KEYS[i]) end
return 1
`;

/** Keeps a text unless the era of ARGV (empty: whatever it is) is over. KEYS: the era, the text. ARGV: era, text. */
export const setInEraScript = `
local era = redis.call('GET', KEYS[1]) or '${firstEra}'
if ARGV[1] == '' or ARGV[1] == era then redis.call('SET', KEYS[2], ARGV[2]) end
`;
