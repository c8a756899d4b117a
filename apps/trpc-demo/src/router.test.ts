import { createDecisionBoard } from 'demo-kit'
import { authSurface } from 'hanko-session-trpc'
import { expect, it } from 'vitest'
import { createHanko } from './hanko.ts'
import { readEnv } from './env.ts'
import { createRouter } from './router.ts'

it('opens nothing but hello to everybody', async () => {
  const env = readEnv({ HANKO_API_URL: 'http://localhost:8000' })
  const router = createRouter(createHanko(env, createDecisionBoard(env.maxStaleness)))
  expect(await authSurface(router)).toEqual({
    addNote: 'mutation: session',
    allNotes: 'query: session, role "admin"',
    deleteAllNotes: 'mutation: session, maxAge 30 s',
    feed: 'subscription: session',
    hello: 'query: public',
    me: 'query: session',
    notes: 'query: session',
  })
})
