import SchemaBuilder from '@pothos/core'
import { describe, expect, it } from 'vitest'
import { auth, authPublic } from './auth-extensions.ts'
import { authSurface } from './auth-surface.ts'
import { withAuth } from './with-auth.ts'

const options = { roles: () => [], policies: { owner: () => false } }

describe('auth, with Pothos', () => {
  it('says on fields, types, arguments and input fields what @auth says in SDL', () => {
    const builder = new SchemaBuilder<object>({})
    const Input = builder.inputType('Filter', {
      fields: (t) => ({ hidden: t.boolean({ ...auth({ roles: ['admin'] }) }) }),
    })
    const Secret = builder.objectRef<object>('Secret').implement({
      ...auth({ amr: 'passkey' }),
      fields: (t) => ({ id: t.id({ resolve: () => '1' }) }),
    })
    builder.queryType({
      fields: (t) => ({
        open: t.int({ ...authPublic, resolve: () => 1 }),
        both: t.int({ ...auth({ roles: 'admin' }, { policy: [['owner']], maxAge: '15m' }), resolve: () => 1 }),
        secret: t.field({ type: Secret, resolve: () => ({}) }),
        filtered: t.int({
          ...authPublic,
          args: { by: t.arg({ type: Input, ...auth() }) },
          resolve: () => 1,
        }),
      }),
    })
    const schema = withAuth(builder.toSchema(), { ...options, default: 'protected' })
    expect(authSurface(schema).coordinates).toMatchInlineSnapshot(`
      {
        "Filter.hidden": "session, roles: admin",
        "Query.both": "session, roles: admin, policy: owner, maxAge: 15m",
        "Query.filtered": "public",
        "Query.filtered(by:)": "session",
        "Query.open": "public",
        "Query.secret": "session, amr: passkey",
        "Secret.id": "session, amr: passkey",
      }
    `)
  })

  it('is refused where its rule is none, by its coordinate', () => {
    const builder = new SchemaBuilder<object>({})
    builder.queryType({ fields: (t) => ({ a: t.int({ ...auth({ roles: [] }), resolve: () => 1 }) }) })
    expect(() => withAuth(builder.toSchema(), options)).toThrow('Query.a: roles')
  })
})
