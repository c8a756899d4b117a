import { useResponseCache } from '@graphql-yoga/plugin-response-cache'
import { beforeAll, describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { sessionCacheKey } from './session-cache-key.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

describe('G43 the response cache', () => {
  const start = () =>
    createCountedApp(test.hanko, 'type Query { open: Int me: ID @auth }', {
      resolvers: { Query: { open: () => 1, me: async (_, _args, { auth }) => (await auth.requireSession()).userId } },
      yoga: { plugins: [useResponseCache({ session: sessionCacheKey(test.hanko), ttl: 60_000 })] },
    })

  it('gives what was cached for a session to that session alone', async () => {
    const app = await start()
    const [ada, eve] = [await test.emulator.signIn(), await test.emulator.signIn()]
    expect((await app.ask('{ me }', ada)).data).toEqual({ me: ada.userId })
    expect([(await app.ask('{ me }', ada)).data, app.ran]).toEqual([{ me: ada.userId }, []])
    expect((await app.ask('{ me }', eve)).data).toEqual({ me: eve.userId })
    expect(codeOf(await app.ask('{ me }'))).toEqual([401, 'no_token'])
  })

  it('marks what it answers as private, like what was cached', async () => {
    const app = await start()
    const answers = [await app.ask('{ me }', test.ada), await app.ask('{ me }', test.ada)]
    expect(app.ran).toEqual([]) // the second is out of the cache
    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('private, no-store')
  })

  it('gives nothing to a session that has ended, nor while Hanko cannot be asked', async () => {
    const app = await start()
    const [ada, eve] = [await test.emulator.signIn(), await test.emulator.signIn()]
    for (const who of [ada, eve]) await app.ask('{ me }', who)
    await test.emulator.endSession(ada.sessionId)
    expect([codeOf(await app.ask('{ me }', ada)), app.ran]).toEqual([[401, 'revoked'], []])
    test.emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect([codeOf(await app.ask('{ me }', eve)), app.ran]).toEqual([[503, 'upstream_unavailable'], []])
    test.emulator.faults.clear()
  })

  it('is shared by all who are not signed in', async () => {
    const app = await start()
    await app.ask('{ open }')
    expect([(await app.ask('{ open }')).data, app.ran]).toEqual([{ open: 1 }, []])
  })
})
