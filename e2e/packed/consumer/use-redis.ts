// A user's own file against the packed store: either client fits, and where there is no Redis nobody is refused.
import { createSessionValidator } from 'hanko-session'
import { createMemoryStores, storeCases } from 'hanko-session/store-testing'
import { createHankoEmulator } from 'hanko-session/testing'
import { createRedisStore } from 'hanko-session-redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'

const emulator = await createHankoEmulator()
const { token } = await emulator.signIn({ email: 'ada@example.com' })
// Nobody listens there.
const ioredis = new Redis(1, '127.0.0.1', { lazyConnect: true })
const nodeRedis = createClient({ url: 'redis://127.0.0.1:1' })
for (const client of [ioredis, nodeRedis]) client.on('error', () => {})

const secret = 'a secret of at least 32 characters'
const stores = [ioredis, nodeRedis].map((client) => createRedisStore({ client, secret }))
for (const store of [...stores, createMemoryStores().open()]) {
  const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch, store })
  const { status } = await hanko.validate(token)
  if (status !== 'authenticated') throw new Error(`without Redis a live session is ${status}`)
  if (hanko.stats().store === undefined) throw new Error('the validator does not know its store')
  hanko.close()
}
if (storeCases.length === 0) throw new Error('there are no cases for an adapter of one’s own')
ioredis.disconnect()
