import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp } from '../../test/test-app.ts'
import { hankoAuth } from './hanko-auth.ts'
import { optionalSession } from './optional-session.ts'
import { requireByMeta } from './require-by-meta.ts'
import { requires } from './requires.ts'
import { requireSession } from './require-session.ts'
import { authResponseMeta } from './auth-response-meta.ts'
import type { AuthMeta } from './require-by-meta.ts'

const { t } = createTestApp()
let strict: TestHanko
let warm: TestHanko
beforeAll(async () => {
  strict = await startHanko() // asks for every request
  warm = await startHanko({ maxStaleness: '30s' })
})
afterEach(() => {
  for (const { emulator, asked } of [strict, warm]) {
    emulator.faults.clear()
    asked()
  }
})

async function batch(
  { hanko }: TestHanko,
  paths: string,
  headers: Record<string, string>,
): Promise<[number, unknown[], Headers]> {
  const fresh = requires(hanko, { fresh: true })
  const router = t.router({
    hello: t.procedure.query(() => 'hello'),
    look: t.procedure.use(optionalSession()).query(({ ctx }) => ctx.authState.status),
    me: t.procedure.use(requireSession()).query(() => 'me'),
    now: t.procedure.use(fresh).query(() => 'now'),
    byMeta: t.procedure
      .meta({ auth: fresh } satisfies AuthMeta as object)
      .use(requireByMeta())
      .query(() => 'byMeta'),
    recent: t.procedure.use(requires(hanko, { amr: 'passkey', maxAge: '1m' })).query(() => 'recent'),
  })
  const response = await fetchRequestHandler({
    req: new Request(`http://app.example/trpc/${paths}?batch=1&input={}`, { headers }),
    router,
    endpoint: '/trpc',
    responseMeta: authResponseMeta(),
    createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
  })
  const answers = (await response.json()) as {
    result?: { data: unknown }
    error?: { data: { auth: { reason: string } } }
  }[]
  return [
    response.status,
    answers.map(({ result, error }) => result?.data ?? error?.data.auth.reason),
    response.headers,
  ]
}

describe('a batch', () => {
  it.each(['me,now', 'now,me', 'me,look,hello,me,now,me,me,me,me,now', 'me,byMeta,look'])(
    'of %s asks Hanko once, and the strictest of its calls says how freshly',
    async (paths) => {
      for (const test of [strict, warm]) {
        const [status] = await batch(test, paths, { cookie: test.ada.cookie })
        expect([status, test.asked()]).toEqual([200, 1])
      }
    },
  )

  it('is told by memory when no call needs more', async () => {
    expect((await batch(warm, 'me,look,me', { cookie: warm.ada.cookie }))[1]).toEqual(['me', 'authenticated', 'me'])
    expect(warm.asked()).toBe(0)
  })

  it('refuses all of an ended session as soon as one call has to know', async () => {
    const eve = await warm.emulator.signIn()
    await warm.hanko.validate(eve.token)
    await warm.emulator.endSession(eve.sessionId)
    const [status, answers] = await batch(warm, 'me,hello,now', { cookie: eve.cookie })
    expect([status, answers]).toEqual([207, ['revoked', 'hello', 'revoked']])
  })

  it('answers each call by its own rule in an outage: memory serves what it may', async () => {
    warm.emulator.faults.set('all', { kind: 'database', state: 'down' })
    const [status, answers] = await batch(warm, 'me,now,hello,look', { cookie: warm.ada.cookie })
    expect([status, answers]).toEqual([207, ['me', 'upstream_unavailable', 'hello', 'authenticated']])
  })

  it('that is refused as a whole by one rule says in its headers what is needed', async () => {
    const [status, answers, headers] = await batch(warm, 'recent,recent', { cookie: warm.ada.cookie })
    expect([status, answers]).toEqual([403, ['step_up_required', 'step_up_required']])
    expect(headers.get('www-authenticate')).toContain('error="insufficient_user_authentication"')
    expect(headers.get('www-authenticate')).toContain('max_age="60"')
    expect(headers.get('cache-control')).toBe('private, no-store')
  })
})
