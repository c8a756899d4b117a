import { describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startHanko } from '../../test/start-hanko.ts'

describe('fresh', () => {
  const sdl =
    'type Query { lenient: Int @auth fresh: Int @auth(fresh: true) } type Mutation { pay: Int @auth(fresh: true) }'

  it('asks Hanko now, once for all that is asked for', async () => {
    const warm = await startHanko({ maxStaleness: 30_000 })
    const app = await createCountedApp(warm.hanko, sdl)
    expect(codeOf(await app.ask('{ lenient }', warm.ada))).toEqual([200])
    expect(warm.asked()).toBe(0)
    expect(codeOf(await app.ask('{ lenient a: fresh b: fresh }', warm.ada))).toEqual([200])
    expect(warm.asked()).toBe(1)
    await warm.emulator.endSession(warm.ada.sessionId)
    expect(codeOf(await app.ask('{ lenient fresh }', warm.ada))).toEqual([401, 'revoked'])
    expect(app.ran).toEqual([])
  })

  it('is asked for once by a whole batch, before anything of it runs', async () => {
    const warm = await startHanko({ maxStaleness: 30_000 })
    const app = await createCountedApp(warm.hanko, sdl)
    const send = async () => {
      const queries = ['{ lenient }', '{ fresh }', 'mutation { pay }']
      const response = await app.served.fetch(app.served.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: warm.ada.header },
        body: JSON.stringify(queries.map((query) => ({ query }))),
      })
      return ((await response.json()) as { errors?: unknown[] }[]).map(({ errors }) => errors === undefined)
    }
    expect([await send(), warm.asked()]).toEqual([[true, true, true], 1])
    await warm.emulator.endSession(warm.ada.sessionId)
    app.ran.length = 0
    expect(await send()).toEqual([false, false, false])
    expect(app.ran).toEqual([])
  })
})
