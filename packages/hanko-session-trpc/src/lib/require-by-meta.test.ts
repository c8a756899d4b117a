import { beforeAll, describe, expect, it } from 'vitest'
import { outcomeOf, type Roles, startRoles, type TestRoles } from '../../test/start-roles.ts'
import { optionalSession } from './optional-session.ts'
import { type AuthMeta, requireByMeta } from './require-by-meta.ts'
import { requires } from './requires.ts'
import { requireSession } from './require-session.ts'

let test: TestRoles
beforeAll(async () => {
  test = await startRoles()
})

/** Calls a procedure with this meta, as nobody, as an editor and as an admin. */
async function outcomes(meta: AuthMeta | undefined, base = requireByMeta<Roles>()): Promise<unknown[]> {
  const { t, contextOf } = test
  const procedure = t.procedure.use(base)
  const router = t.router({
    do: (meta === undefined ? procedure : procedure.meta(meta)).query(({ ctx }) =>
      ctx.session === null ? 'null' : 'session',
    ),
  })
  const create = t.createCallerFactory(router)
  const contexts = [await contextOf(), await contextOf({ role: 'editor' }), await contextOf({ role: 'admin' })]
  return Promise.all(contexts.map((context) => outcomeOf(create(context).do())))
}

describe('requireByMeta', () => {
  it('protects a procedure that says nothing', async () => {
    expect(await outcomes(undefined)).toEqual(['UNAUTHORIZED no_token', 'session', 'session'])
    expect(await outcomes({})).toEqual(['UNAUTHORIZED no_token', 'session', 'session'])
  })

  it('opens one that says public, without looking for a session', async () => {
    const before = test.asked()
    expect(await outcomes({ auth: 'public' })).toEqual(['null', 'null', 'null'])
    expect(test.asked()).toBe(before)
  })

  it('does what the rule in the meta does', async () => {
    const admins = requires(test.hanko, { claims: { role: 'admin' } })
    expect(await outcomes({ auth: admins })).toEqual(['UNAUTHORIZED no_token', 'FORBIDDEN forbidden', 'session'])
    expect(await outcomes({ auth: optionalSession() })).toEqual(['null', 'session', 'session'])
    expect(await outcomes({ auth: requireSession() })).toEqual(['UNAUTHORIZED no_token', 'session', 'session'])
  })

  it('takes another default', async () => {
    const base = requireByMeta<Roles>(requires(test.hanko, { claims: { role: 'admin' } }))
    expect(await outcomes(undefined, base)).toEqual(['UNAUTHORIZED no_token', 'FORBIDDEN forbidden', 'session'])
    expect(await outcomes({ auth: 'public' }, base)).toEqual(['null', 'null', 'null'])
  })

  it.each(['Public', 'session', true, null, {}, ({ next }: { next: () => unknown }) => next()])(
    'fails a call whose meta says %s, which is no rule',
    async (auth) => {
      const failed = ['INTERNAL_SERVER_ERROR', 'INTERNAL_SERVER_ERROR', 'INTERNAL_SERVER_ERROR']
      expect(await outcomes({ auth } as AuthMeta)).toEqual(failed)
    },
  )

  it('does not run in circles', async () => {
    expect(await outcomes({ auth: requireByMeta() })).toContain('INTERNAL_SERVER_ERROR')
    expect(() => requireByMeta(requireByMeta())).toThrow(TypeError)
    expect(() => requireByMeta((({ next }) => next()) as ReturnType<typeof requireSession>)).toThrow(TypeError)
  })

  it('reads no meta that code put on every object', async () => {
    Object.assign(Object.prototype, { auth: 'public' })
    try {
      expect((await outcomes({}))[0]).toBe('UNAUTHORIZED no_token')
    } finally {
      delete (Object.prototype as { auth?: string }).auth
    }
  })
})
