import type { FleetSession } from '../../e2e/fleet/fleet.ts'
import type { RedisServer } from '../../e2e/fleet/redis-server.ts'

/**
 * How many keys and values in Redis hold a token or a part of one: by how the header of a token begins, and by a piece of
 * each one's payload and signature. (`eyJ` alone is also found in one of six thousand seals, which are random.)
 */
export async function findTokens(redis: RedisServer, sessions: readonly FleetSession[]): Promise<number> {
  const parts = [...new Set(sessions.flatMap(({ token }) => [token.slice(0, 10), piece(token, 1), piece(token, 2)]))]
  let found = 0
  let seen = 0
  for (let cursor = '0', isFirst = true; isFirst || cursor !== '0'; isFirst = false) {
    const [next, keys] = (await redis.command('SCAN', cursor, 'COUNT', '1000')) as [string, string[]]
    cursor = next
    for (const key of keys) {
      const text = `${key} ${JSON.stringify(await readValue(redis, key))}`
      seen++
      if (parts.some((part) => text.includes(part))) found++
    }
  }
  // A scan of nothing would find nothing.
  if (seen === 0) throw new Error('Redis is empty: nothing was scanned')
  return found
}

/** Forty characters from the middle of a part of a token. */
function piece(token: string, part: number): string {
  const text = token.split('.')[part] ?? ''
  return text.slice(text.length / 2, text.length / 2 + 40)
}

async function readValue(redis: RedisServer, key: string): Promise<unknown> {
  switch (await redis.command('TYPE', key)) {
    case 'string':
      return redis.command('GET', key)
    case 'stream':
      return redis.command('XRANGE', key, '-', '+')
    case 'hash':
      return redis.command('HGETALL', key)
    case 'none': // it has expired meanwhile
      return undefined
    default:
      throw new Error('a kind of value that nobody looked into')
  }
}
