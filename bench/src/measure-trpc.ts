import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { initTRPC, TRPCError } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { RequestAuth } from 'hanko-session'
import { hankoAuth, requireSession, requires } from 'hanko-session-trpc'
import type { BenchContext } from './bench-context.ts'
import { createFreshText } from './fresh-text.ts'
import { createValidator, makeKnown } from './known-sessions.ts'
import { measureQuietly, WARM_UP } from './measure.ts'

const URL_OF_ME = 'https://app.example.com/trpc/me'

/**
 * `trpc.*`: a protected query through tRPC's fetch adapter, in process. As for Yoga the fresh string is deducted, and
 * making the request is not: a detail has the ratio without it.
 */
export async function measureTrpc({ tokens, hanko, peers, rounds, results }: BenchContext): Promise<void> {
  const validator = createValidator(hanko)
  await makeKnown(validator, tokens)
  const cookie = createFreshText(tokens.map((token) => `hanko=${token}`))
  const request = (): Request => new Request(URL_OF_ME, { headers: { cookie: cookie() } })

  const t = initTRPC.create()
  // Both answer with as much.
  const somebody = randomUUID()
  const empty = serve(t.router({ me: t.procedure.use(({ next }) => next()).query(() => somebody) }), () => ({}))
  const u = initTRPC.context<{ auth: RequestAuth }>().create()
  const guarded = u.router({ me: u.procedure.use(requireSession()).query(({ ctx }) => ctx.session.userId) })
  const ours = serve(guarded, (options) => ({ auth: hankoAuth(validator, options) }))
  const strict = u.router({
    me: u.procedure
      .use(requires(validator, { maxAge: '1h', allowAdminSessions: true }))
      .query(({ ctx }) => ctx.session.userId),
  })
  const byRule = serve(strict, (options) => ({ auth: hankoAuth(validator, options) }))

  // As templates have it: the context finds out who it is, one middleware looks.
  const w = initTRPC.context<{ userId: string | undefined }>().create()
  const looked = w.router({
    me: w.procedure
      .use(({ ctx, next }) => {
        if (ctx.userId === undefined) throw new TRPCError({ code: 'UNAUTHORIZED' })
        return next({ ctx: { userId: ctx.userId } })
      })
      .query(({ ctx }) => ctx.userId),
  })
  const withJose = serve(looked, async ({ req }) => ({ userId: await peers.jose(readCookie(req)) }))
  const withPost = serve(looked, async ({ req }) => ({
    userId: (await peers.post(readCookie(req))) ? somebody : undefined,
  }))

  for (const call of [empty, ours, byRule, withJose, withPost]) assert.equal((await call(request())).status, 200)
  for (const call of [ours, byRule])
    assert.equal((await call(new Request(URL_OF_ME, { headers: { cookie: 'hanko=x.y.z' } }))).status, 401)

  for (let count = 0; count < WARM_UP; count++) for (const call of [empty, ours]) await call(request())

  const sides = { base: () => empty(request()), other: () => ours(request()) }
  const vsEmpty = await measureQuietly({ common: cookie, ...sides }, rounds)
  results.control('trpc.protectedVsEmptyUse', vsEmpty)
  results.atMost('trpc.protectedVsEmptyUse', 1.12, vsEmpty.value)
  const few = Math.min(rounds, 24)
  const bare = await measureQuietly({ common: request, ...sides }, few)
  results.details['trpc.protectedVsEmptyUse.requestDeducted'] = bare.value
  const rule = await measureQuietly(
    { common: cookie, base: () => empty(request()), other: () => byRule(request()) },
    few,
  )
  results.details['trpc.requiresVsEmptyUse'] = rule.value
  const vsJose = await measureQuietly(
    { common: cookie, base: () => ours(request()), other: () => withJose(request()) },
    rounds,
  )
  results.control('trpc.vsJoseInContext', vsJose)
  results.atLeast('trpc.vsJoseInContext', 5, vsJose.value)
  const vsPost = await measureQuietly(
    { common: cookie, base: () => ours(request()), other: () => withPost(request()) },
    rounds,
  )
  results.control('trpc.vsPost', vsPost)
  results.atLeast('trpc.vsPost', 10, vsPost.value)
  validator.close()

  const asking = createValidator(hanko, { maxStaleness: 0 })
  await asking.validate(tokens[0] as string) // and the keys are there
  const mixed = u.router({
    me: u.procedure.use(requireSession()).query(() => 'me'),
    now: u.procedure.use(requires(asking, { fresh: true })).query(() => 'now'),
  })
  const batch = serve(mixed, (options) => ({ auth: hankoAuth(asking, options) }))
  const before = hanko.calls.validate
  const paths = [...Array.from({ length: 9 }, () => 'me'), 'now'].join()
  const headers = { cookie: `hanko=${tokens[1]}` }
  const answer = await batch(new Request(`https://app.example.com/trpc/${paths}?batch=1`, { headers }))
  assert.equal(answer.status, 200)
  results.atMost('trpc.batch10.validations', 1, hanko.calls.validate - before)
  asking.close()
}

type Options = Parameters<typeof fetchRequestHandler>[0]

function serve(
  router: Options['router'],
  createContext: NonNullable<Options['createContext']>,
): (req: Request) => Promise<Response> {
  return async (req) => {
    const response = await fetchRequestHandler({ endpoint: '/trpc', router, req, createContext })
    await response.text()
    return response
  }
}

const readCookie = (request: Request): string => request.headers.get('cookie')?.slice('hanko='.length) ?? ''
