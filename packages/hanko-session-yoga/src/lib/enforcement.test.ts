import { createYoga, type Plugin } from 'graphql-yoga'
import { describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { WAYS } from '../../test/serve.ts'
import { startHanko } from '../../test/start-hanko.ts'
import { useHankoSession } from './use-hanko-session.ts'

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

  it.each([
    ['', 'at the start'],
    [', where the schema is found for each request', 'for each request'],
    [', where the schema took the place of one without', 'later'],
    [', where it did so before Yoga began', 'at once'],
  ])('is asked for once by a whole batch, before anything of it runs%s', async (_, given) => {
    const warm = await startHanko({ maxStaleness: 30_000 })
    const app = await createCountedApp(warm.hanko, sdl)
    const { schema: lenient } = await createCountedApp(warm.hanko, 'type Query { lenient: Int @auth }')
    // A new server each time: the first request of one is no exception.
    const send = async () => {
      const isReplaced = given === 'later' || given === 'at once'
      const schema = given === 'for each request' ? () => app.schema : isReplaced ? lenient : app.schema
      let replaceSchema: ((schema: object) => void) | undefined
      const useLater: Plugin = { onPluginInit: ({ setSchema }) => void (replaceSchema = setSchema) }
      const useAtOnce: Plugin = { onSchemaChange: ({ replaceSchema: replace }) => replace(app.schema) }
      const plugins = [useHankoSession(warm.hanko), given === 'at once' ? useAtOnce : useLater]
      const served = await WAYS['yoga.fetch'](createYoga({ schema, plugins, batching: true, logging: false }))
      if (given === 'later') replaceSchema?.(app.schema)
      const queries = ['{ lenient }', '{ fresh }', 'mutation { pay }']
      const response = await served.fetch(served.url, {
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
