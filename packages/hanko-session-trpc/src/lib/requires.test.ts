import { TRPCError } from '@trpc/server'
import { createSessionValidator } from 'hanko-session'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { outcomeOf, startRoles, type TestRoles } from '../../test/start-roles.ts'
import { requires } from './requires.ts'
import { requireSession } from './require-session.ts'

let test: TestRoles
beforeAll(async () => {
  test = await startRoles()
})
afterEach(() => {
  test.time.ahead = 0
  test.emulator.faults.clear()
  test.decisions.length = 0
})

/** Calls a procedure that requires this, and says what became of it. */
async function call(
  requirement: Parameters<typeof requires<object, object, object, unknown, {}>>[1],
  claims?: object,
  amr?: string[],
) {
  const { t, hanko, contextOf } = test
  const router = t.router({ do: t.procedure.use(requires(hanko, requirement as { maxAge: 1 })).query(() => 'done') })
  return outcomeOf(
    t
      .createCallerFactory(router)(await contextOf(claims as Record<string, unknown>, amr))
      .do(),
  )
}
const claimsOf = (claims: object): Parameters<typeof call>[0] => ({ claims })

describe('requires, for claims', () => {
  it.each([
    [{ role: 'admin' }, { role: 'admin' }, 'done'],
    [{ role: 'admin' }, { role: 'editor' }, 'FORBIDDEN forbidden'],
    [{ role: ['admin', 'owner'] }, { role: 'owner' }, 'done'],
    [{ role: ['admin', 'owner'] }, { role: 'editor' }, 'FORBIDDEN forbidden'],
    [{ role: 'admin', vip: true }, { role: 'admin', vip: true }, 'done'],
    [{ role: 'admin', vip: true }, { role: 'admin' }, 'FORBIDDEN forbidden'],
    [{ role: 'admin', vip: true }, { role: 'editor', vip: true }, 'FORBIDDEN forbidden'],
    [{ vip: false }, { role: 'admin' }, 'FORBIDDEN forbidden'],
    [{ level: [1, 2] }, { role: 'admin', level: 2 }, 'done'],
    [{ level: '2' }, { role: 'admin', level: 2 }, 'FORBIDDEN forbidden'],
    [{ vip: 'true' }, { role: 'admin', vip: true }, 'FORBIDDEN forbidden'],
    [{ level: 0 }, { role: 'admin', vip: false }, 'FORBIDDEN forbidden'],
    [{ role: 'Admin' }, { role: 'admin' }, 'FORBIDDEN forbidden'],
  ])('%j: of a session with %j: %s', async (rule, claims, outcome) => {
    expect(await call(claimsOf(rule), claims)).toBe(outcome)
  })

  it('reads no requirement that code put on every object', async () => {
    Object.assign(Object.prototype, { allowAdminSessions: true })
    try {
      expect(await call({ maxAge: '15m' }, { role: 'admin' }, [])).toBe('FORBIDDEN step_up_required')
    } finally {
      delete (Object.prototype as { allowAdminSessions?: boolean }).allowAdminSessions
    }
  })

  it('looks at no claim that code put on every object', async () => {
    Object.assign(Object.prototype, { vip: true })
    try {
      expect(await call(claimsOf({ vip: true }), { role: 'admin' })).toBe('FORBIDDEN forbidden')
    } finally {
      delete (Object.prototype as { vip?: boolean }).vip
    }
  })

  it('refuses who is nobody as requireSession does, and shows an outage as one', async () => {
    expect(await call(claimsOf({ role: 'admin' }))).toBe('UNAUTHORIZED no_token')
    test.emulator.faults.set('validate', { kind: 'status', status: 500 })
    expect(await call(claimsOf({ role: 'admin' }), { role: 'editor' })).toBe('SERVICE_UNAVAILABLE upstream_unavailable')
  })

  it('tells the log who was refused, and no claim', async () => {
    await call(claimsOf({ role: 'admin' }), { role: 'editor' })
    expect(test.decisions.at(-1)).toMatchObject({ outcome: 'forbidden', reason: 'forbidden' })
    expect(JSON.stringify(test.decisions)).not.toContain('editor')
  })
})

describe('requires, for how a user signed in', () => {
  it.each([
    [{ amr: 'passkey' }, ['passkey'], 0, 'done'],
    [{ amr: 'passkey' }, ['pwd'], 0, 'FORBIDDEN step_up_required'],
    [{ maxAge: '15m' }, ['pwd'], 14, 'done'],
    [{ maxAge: '15m' }, ['pwd'], 16, 'FORBIDDEN step_up_required'],
    [{ maxAge: '15m' }, [], 1, 'FORBIDDEN step_up_required'],
    [{ maxAge: '15m', allowAdminSessions: true }, [], 1, 'done'],
    [{ maxAge: '15m', amr: ['totp', 'passkey'] }, ['pwd', 'totp'], 1, 'done'],
    [{ maxAge: '15m', amr: ['totp', 'passkey'] }, ['pwd'], 1, 'FORBIDDEN step_up_required'],
  ] as const)('%j: by %j, after %i minutes: %s', async (rule, amr, minutes, outcome) => {
    const { t, hanko, contextOf } = test
    const router = t.router({ do: t.procedure.use(requires(hanko, rule)).query(() => 'done') })
    const context = await contextOf({ role: 'editor' }, amr)
    test.time.ahead = minutes * 60_000
    expect(await outcomeOf(t.createCallerFactory(router)(context).do())).toBe(outcome)
  })

  it('takes no answer that is served only because Hanko cannot be asked, for a call or a stream', async () => {
    const { t, hanko, emulator, time } = await startRoles() // its breaker is its own
    const recent = t.procedure.use(requires(hanko, { maxAge: '15m' }))
    async function* count() {
      yield 1
    }
    const router = t.router({
      usual: t.procedure.use(requireSession()).query(() => 'done'),
      usualFeed: t.procedure.use(requireSession()).subscription(count),
      recent: recent.query(() => 'done'),
      // What the first may take is none for the second.
      both: t.procedure
        .use(requireSession())
        .use(requires(hanko, { maxAge: '15m' }))
        .query(() => 'done'),
      feed: recent.subscription(count),
    })
    const { token, header, cookie } = await emulator.signIn({ claims: { role: 'editor' } })
    await hanko.validate(token)
    time.ahead = 60_000
    emulator.faults.set('all', { kind: 'database', state: 'down' })
    const caller = (headers: Record<string, string> = { authorization: header }) =>
      t.createCallerFactory(router)({ auth: hanko.forRequest({ headers }), db: '' })
    expect(await caller().usual()).toBe('done')
    for await (const value of await caller().usualFeed()) expect(value).toBe(1)
    const OUTAGE = /^SERVICE_UNAVAILABLE|^GATEWAY_TIMEOUT/
    for (const name of ['recent', 'both', 'feed'] as const) expect(await outcomeOf(caller()[name]())).toMatch(OUTAGE)
    // Asked again, a query is a query still: another site's page may cause it.
    expect(await outcomeOf(caller({ cookie, 'sec-fetch-site': 'cross-site' }).recent())).toMatch(OUTAGE)
    expect(hanko.stats().watched).toBe(0)
  })

  it('says what is needed, and does not send for a sign-in who may not do it at all', async () => {
    const { t, hanko, contextOf } = test
    const rule = requires(hanko, { claims: { role: 'admin' }, maxAge: '5m', amr: 'passkey' })
    const caller = t.createCallerFactory(t.router({ do: t.procedure.use(rule).query(() => 'done') }))
    await expect(caller(await contextOf({ role: 'admin' })).do()).rejects.toMatchObject({
      cause: { code: 'step_up_required', stepUp: { maxAge: 300, amr: ['passkey'] } },
    })
    expect(await outcomeOf(caller(await contextOf({ role: 'editor' })).do())).toBe('FORBIDDEN forbidden')
  })
})

describe('requires, fresh', () => {
  it.each(['query', 'mutation', 'subscription'] as const)(
    'asks Hanko though memory knows the session, and sees that it has ended, for a %s',
    async (type) => {
      const { t, hanko, emulator } = test
      const now = t.procedure.use(requires(hanko, { fresh: true }))
      const router = t.router({
        usual: t.procedure.use(requireSession()).query(() => 'done'),
        query: now.query(() => 'done'),
        mutation: now.mutation(() => 'done'),
        subscription: now.subscription(async function* () {
          yield 'done'
        }),
      })
      const ada = await emulator.signIn({ claims: { role: 'editor' } })
      await hanko.validate(ada.token)
      await emulator.endSession(ada.sessionId)
      const caller = () =>
        t.createCallerFactory(router)({ auth: hanko.forRequest({ headers: { authorization: ada.header } }), db: '' })
      expect(await caller().usual()).toBe('done')
      expect(await outcomeOf(caller()[type]())).toBe('UNAUTHORIZED revoked')
    },
  )
})

describe('requires, by a check', () => {
  async function checked(check: (options: { session: unknown; ctx: object; input: unknown }) => unknown) {
    const { t, hanko, contextOf } = test
    const router = t.router({
      do: t.procedure
        .use(requireSession())
        .input(z.object({ id: z.number() }))
        .use(requires(hanko, { claims: { role: 'admin' }, check: check as () => boolean }))
        .query(() => 'done'),
    })
    return outcomeOf(
      t
        .createCallerFactory(router)(await contextOf({ role: 'admin' }))
        .do({ id: 7 }),
    )
  }

  it('lets through what it says true to, and shows it session, ctx and the parsed input', async () => {
    const seen: unknown[] = []
    expect(await checked((options) => seen.push(options) === 1)).toBe('done')
    expect(seen).toMatchObject([{ session: { claims: { role: 'admin' } }, ctx: { db: 'db' }, input: { id: 7 } }])
    expect(await checked(async () => true)).toBe('done')
  })

  it.each([false, undefined, null, 1, 'true', {}, Promise.resolve(false), Promise.resolve('yes')])(
    'refuses what it says %s to',
    async (said) => {
      expect(await checked(() => said)).toBe('FORBIDDEN forbidden')
    },
  )

  it('refuses when it throws, with what it threw', async () => {
    const notFound = new TRPCError({ code: 'NOT_FOUND' })
    expect(await checked(() => Promise.reject(notFound))).toBe('NOT_FOUND')
    const thrown = checked(() => {
      throw new Error('no database')
    })
    expect(await thrown).toBe('INTERNAL_SERVER_ERROR')
  })

  it('makes up for nothing else: a sign-in of another kind is refused whatever it says', async () => {
    let asked = 0
    const check = (): boolean => ++asked > 0
    const editor = { role: 'editor' }
    expect(await call({ amr: 'passkey', check }, editor, ['pwd'])).toBe('FORBIDDEN step_up_required')
    expect(asked).toBe(0)
    expect(await call({ amr: 'passkey', check }, editor, ['passkey'])).toBe('done')
    expect(asked).toBe(1)
  })

  it('is not asked about a session that the rest refuses', async () => {
    const { t, hanko, contextOf } = test
    const asked: unknown[] = []
    const rule = requires(hanko, { claims: { role: 'admin' }, check: () => asked.push(1) > 0 })
    const caller = t.createCallerFactory(t.router({ do: t.procedure.use(rule).query(() => 'done') }))
    for (const claims of [undefined, { role: 'editor' }]) await outcomeOf(caller(await contextOf(claims)).do())
    expect(asked).toEqual([])
  })
})

describe('several of them', () => {
  it('must all be met', async () => {
    const { t, hanko, contextOf } = test
    const both = t.procedure
      .use(requires(hanko, { claims: { role: ['admin', 'owner'] } }))
      .use(requires(hanko, { amr: 'passkey' }))
      .query(() => 'done')
    const caller = t.createCallerFactory(t.router({ both }))
    const outcome = async (role: string, amr: string[]) => outcomeOf(caller(await contextOf({ role }, amr)).both())
    expect(await outcome('admin', ['passkey'])).toBe('done')
    expect(await outcome('admin', ['pwd'])).toBe('FORBIDDEN step_up_required')
    expect(await outcome('editor', ['passkey'])).toBe('FORBIDDEN forbidden')
  })
})

describe('a requirement that is none', () => {
  it.each([
    [{}, 'must name claims'],
    [{ fresh: false }, 'must name claims'],
    [{ claims: {} }, 'name a claim'],
    [{ claims: { role: [] } }, 'claims.role'],
    [{ claims: { role: undefined } }, 'claims.role'],
    [{ claims: { role: null } }, 'claims.role'],
    [{ claims: { role: { is: 'admin' } } }, 'claims.role'],
    [{ claims: { level: Number.NaN } }, 'claims.level'],
    [{ claims: { role: ['admin', undefined] } }, 'claims.role'],
    [{ role: 'admin' }, 'role'],
    [{ maxAge: 0 }, 'maxAge'],
    [{ amr: [] }, 'amr'],
    [{ allowAdminSessions: true }, 'amr or maxAge'],
    [{ fresh: 'yes' }, 'fresh'],
    [{ check: true }, 'check'],
    // Read from somewhere that has nothing: that nobody meant to be left out.
    [{ claims: null }, 'claims'],
    [{ claims: false }, 'claims'],
    [{ claims: 'admin' }, 'claims'],
    [{ claims: ['admin'] }, 'claims'],
    [{ claims: { role: 'admin' }, amr: null }, 'amr'],
    [{ claims: { role: 'admin' }, maxAge: null }, 'maxAge'],
    [{ fresh: true, claims: null }, 'claims'],
    // What it inherits would not be asked for.
    [Object.assign(Object.create({ amr: 'passkey' }) as object, { fresh: true }), 'plain object'],
  ])('%j is an error at construction', (requirement, named) => {
    const construct = () => requires(test.hanko, requirement as { maxAge: 1 })
    expect(construct).toThrow(TypeError)
    expect(construct).toThrow(named)
  })

  it('on claims is an error at construction for a validator without a claims schema', () => {
    const plain = createSessionValidator({ apiUrl: 'https://hanko.example' })
    const construct = () => requires(plain, claimsOf({ role: 'admin' }) as { maxAge: 1 })
    expect(construct).toThrow('createSessionValidator')
    expect(() => requires(plain, { maxAge: '1m' })).not.toThrow()
  })
})
