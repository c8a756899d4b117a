/**
 * What happens at once in Redis. Each script touches keys of one hash tag only, so that it runs in a cluster, and reads
 * Redis's own clock: no other dates anything. What stands where it should not, of whatever type, counts as absent.
 */
const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function get(key)
  local value = redis.pcall('GET', key)
  if type(value) == 'string' then return value end
  return false
end`

/** KEYS: answer, tombstone, lease. ARGV: how long to lease, or nothing; who asks. */
export const READ = `${CLOCK}
local answer = get(KEYS[1])
-- None of ours is kept for ever.
if answer and redis.call('PTTL', KEYS[1]) < 0 then answer = false end
local ended = get(KEYS[2])
local leased = 0
if ARGV[1] ~= '' and not ended then
  local left = redis.call('PTTL', KEYS[3])
  if left == -1 or left > tonumber(ARGV[1]) then redis.call('DEL', KEYS[3]) end
  if redis.call('SET', KEYS[3], ARGV[2], 'NX', 'PX', ARGV[1]) then leased = 1 end
end
return { now, answer, ended, leased }`

/** KEYS: answer, tombstone, lease. ARGV: the answer, its time, how long to keep it, who asked. */
export const CONFIRM = `${CLOCK}
local at = tonumber(ARGV[2])
local left = math.floor(tonumber(ARGV[3]) - (now - at))
local old = get(KEYS[1])
local oldAt = old and tonumber(string.match(old, '^(%d+)|'))
local isOlder = oldAt and oldAt > at and oldAt <= now and redis.call('PTTL', KEYS[1]) >= 0
if left > 0 and at <= now and not isOlder and not get(KEYS[2]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', left)
end
if get(KEYS[3]) == ARGV[4] then redis.call('DEL', KEYS[3]) end
return now`

/** KEYS: lease. ARGV: who asked. */
export const RELEASE = `${CLOCK}
if get(KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`

/** KEYS: tombstone, answer. ARGV: the tombstone, how long to keep it. */
export const END_SESSION = `
local left = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2]))
redis.call('SET', KEYS[1], ARGV[1], 'PX', left)
redis.call('DEL', KEYS[2])
return 1`

/** KEYS: tombstone of a user. */
export const READ_USER = `${CLOCK}
return get(KEYS[1])`

/** KEYS: tombstone of a user. ARGV: what stood there, what is to stand there, how long to keep it. */
export const END_USER = `${CLOCK}
if (get(KEYS[1]) or '') ~= ARGV[1] then return 0 end
local left = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[3]))
redis.call('SET', KEYS[1], string.format('%.0f', now) .. '|' .. ARGV[2], 'PX', left)
return 1`

/**
 * KEYS: the bus. ARGV: the message, how many are kept, and for how long. The number tells those who listen whether they
 * have missed one.
 */
export const PUBLISH = `
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'stream' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local number = (last and tonumber(last[2][2]) or 0) + 1
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'n', string.format('%.0f', number), 'm', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`
